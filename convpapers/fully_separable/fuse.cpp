// A row of taps for some channels, a column for others, in one pass. The shared head (vectors, threads) is put before this text.

template <class V, class T> inline V take(const T* p) { V v; std::memcpy(&v, p, sizeof(V)); return v; }
template <class V, class T> inline void give(T* p, V v) { std::memcpy(p, &v, sizeof(V)); }

// n outputs, each the sum of k taps. From one output to the next x moves by xs and y by ys; from tap to tap x moves by step.
// V is a vector, of neighbouring channels (channels last) or neighbouring pixels (planes), or a single number.
template <class V, int K, class T> void line(const T* x, T* y, L n, L xs, L ys, L step, const V* w, L k, V b) {
    V r[K ? K : 1];
    if (K) for (int t = 0; t < K; t++) r[t] = w[t];             // the taps stay in registers
    for (L o = 0; o < n; o++, x += xs, y += ys) {
        V a = b;
        if (K) { UNROLL for (int t = 0; t < K; t++) a += r[t]*take<V>(x + t*step); }
        else for (L t = 0; t < k; t++) a += w[t]*take<V>(x + t*step);
        give(y, a);
    }
}
template <class V, class T> void lines(const T* x, T* y, L n, L xs, L ys, L step, const V* w, L k, V b) {
    switch (k) {
        case 3: return line<V,3>(x, y, n, xs, ys, step, w, k, b);
        case 5: return line<V,5>(x, y, n, xs, ys, step, w, k, b);
        case 7: return line<V,7>(x, y, n, xs, ys, step, w, k, b);
        case 9: return line<V,9>(x, y, n, xs, ys, step, w, k, b);
        default: return line<V,0>(x, y, n, xs, ys, step, w, k, b);
    }
}

// Along one axis: output o reads o*s - p + t*d for t < k, and a place outside of 0 .. size-1 holds a zero.
struct Axis {
    L size, out, k, s, p, d;
    L first(L o) const { L f = o*s - p; return f >= 0 ? 0 : std::min(k, (-f + d - 1)/d); }        // taps that lie inside
    L last(L o) const { L f = size - 1 - (o*s - p); return f < 0 ? 0 : std::min(k, f/d + 1); }
    Axis middle() const { return {size, out, 1, s, p - d*(k/2), d}; }                               // the centre tap alone
    bool full(L o) const { return first(o) == 0 && last(o) == k; }
    void span(L& a, L& b) const {                               // outputs a .. b-1 have all their taps inside
        for (a = 0; a < out && !full(a); a++) {}
        for (b = out; b > a && !full(b-1); b--) {}
    }
};

// Outputs first .. last-1 along the width, near a border: one at a time, with the taps that lie inside.
template <class V, class T> void edge(const T* x, T* y, const Axis& along, L first, L last, L xs, L ys, L step, const V* w, V b) {
    for (L o = first; o < last; o++) {
        L t0 = along.first(o), t1 = std::max(along.last(o), t0);
        line<V,0>(x + (o*along.s - along.p + t0*along.d)*xs, y + o*ys, L(1), L(0), L(0), step, w + t0, t1 - t0, b);
    }
}
template <class V, class T> void constant(T* y, L n, L ys, V b) { for (L o = 0; o < n; o++) give(y + o*ys, b); }

template <class T> struct Branch {                              // one of the two halves
    const T *w, *bias; L channels, from, to; bool row;          // its weights, channels, first channel of x and of y
    Axis along, across; L a0, a1;                               // along the width: the taps or one place; outputs a0 .. a1-1 are inside
    Branch(const T* w, const T* bias, L channels, L from, L to, bool row, const Axis& v, const Axis& h)
        : w(w), bias(bias), channels(channels), from(from), to(to), row(row), along(row ? h : h.middle()), across(row ? v.middle() : v) {
        along.span(a0, a1);
    }
    L taps() const { return row ? along.k : across.k; }
    bool rows(L oi, L& i, L& t0, L& t1) const {                 // the first line of x that output line oi reads, and its taps
        t0 = 0; t1 = taps();
        if (row) { i = oi*across.s - across.p; return i >= 0 && i < across.size; }
        t0 = across.first(oi); t1 = across.last(oi);
        i = oi*across.s - across.p + t0*across.d;
        return t1 > t0;
    }
};

// Channels last: one line oi of outputs, a vector of channels from c on. w: the taps of these channels.
template <class T, class V> void last_block(const Branch<T>& q, const T* x, T* y, const V* w, L c, L oi, L C, L CO) {
    const V b = q.bias ? take<V>(q.bias + q.to + c) : V{};
    const L out = q.along.out, line_of = q.along.size*C, step = q.row ? q.along.d*C : q.across.d*line_of;
    y += oi*out*CO + q.to + c;
    L i, t0, t1;
    if (!q.rows(oi, i, t0, t1)) return constant(y, out, CO, b);
    x += i*line_of + q.from + c;
    if (q.row) { edge(x, y, q.along, L(0), q.a0, C, CO, step, w, b); edge(x, y, q.along, q.a1, out, C, CO, step, w, b); }
    else { constant(y, q.a0, CO, b); constant(y + q.a1*CO, out - q.a1, CO, b); }
    if (q.a1 > q.a0) lines(x + (q.a0*q.along.s - q.along.p)*C, y + q.a0*CO, q.a1 - q.a0, q.along.s*C, CO, step, w + t0, t1 - t0, b);
}

// n neighbouring outputs from neighbouring inputs, in vectors of U; the last one goes back a little and writes some outputs twice
template <class U, class T> bool vectors(const T* x, T* y, L n, L step, const T* w, L k, T b) {
    const L width = sizeof(U)/sizeof(T);
    if (n < width || k > 32) return false;
    U wide[32];
    for (L t = 0; t < k; t++) wide[t] = U{} + w[t];
    lines(x, y, n/width, width, width, step, wide, k, U{} + b);
    if (n%width) lines(x + n - width, y + n - width, L(1), width, width, step, wide, k, U{} + b);
    return true;
}
template <class T> void run_of(const T* x, T* y, L n, L step, const T* w, L k, T b) {
    const int lanes = BYTES/sizeof(T);
    if (vectors<typename Lanes<T>::type>(x, y, n, step, w, k, b)) return;
    if (vectors<typename Lanes<T, lanes/2>::type>(x, y, n, step, w, k, b)) return;
    if (lanes > 4 && vectors<typename Lanes<T, (lanes > 4 ? lanes/4 : 1)>::type>(x, y, n, step, w, k, b)) return;
    lines(x, y, n, L(1), L(1), step, w, k, b);
}

// Planes: one channel c of the branch. buffer holds a line of x with zeros on both sides.
template <class T> void plane(const Branch<T>& q, const T* x, T* y, L c, std::vector<T>& buffer) {
    const L k = q.taps(), lines_out = q.across.out, out = q.along.out, size = q.along.size;
    const T* w = q.w + c*k;
    const T b = q.bias ? q.bias[q.to + c] : T(0);
    const L first = std::max(L(0), q.along.p), need = (out-1)*q.along.s + (q.along.k-1)*q.along.d + 1;     // places that a line of outputs reads
    const L begin = std::max(L(0), -q.along.p), count = std::max(L(0), std::min(size - begin, need - first));
    const bool whole = !q.row && q.along.s == 1 && q.along.p == 0 && out == size;                           // then lines of x join to one run
    buffer.assign(q.row ? need : 0, T(0));
    L i, t0, t1;
    for (L oi = 0; oi < lines_out; oi++) {
        T* to = y + oi*out;
        if (!q.rows(oi, i, t0, t1)) { std::fill(to, to + out, b); continue; }
        if (q.row) {
            std::copy(x + i*size + begin, x + i*size + begin + count, buffer.begin() + std::min(first, need));
            if (q.along.s == 1) run_of(buffer.data(), to, out, q.along.d, w, k, b);
            else lines(buffer.data(), to, out, q.along.s, L(1), q.along.d, w, k, b);
            continue;
        }
        const L step = q.across.d*size, from = q.a0*q.along.s - q.along.p;
        L more = 1;
        if (whole && q.across.s == 1 && t1 - t0 == k) while (oi + more < lines_out && q.across.full(oi + more)) more++;
        if (whole) run_of(x + i*size, to, more*out, step, w + t0, t1 - t0, b);
        else {
            std::fill(to, to + q.a0, b); std::fill(to + q.a1, to + out, b);
            if (q.a1 > q.a0 && q.along.s == 1) run_of(x + i*size + from, to + q.a0, q.a1 - q.a0, step, w + t0, t1 - t0, b);
            else if (q.a1 > q.a0) lines(x + i*size + from, to + q.a0, q.a1 - q.a0, q.along.s, L(1), step, w + t0, t1 - t0, b);
        }
        oi += more - 1;
    }
}

template <class T> L forward(const T* x, const T* row, const T* column, const T* bias, T* y, const L* z) {
    const L N = z[0], C = z[1], full = z[14], channels_last = z[15], threads = z[16];
    const Axis v{z[2], z[4], z[6], z[8], z[10], z[12]}, h{z[3], z[5], z[7], z[9], z[11], z[13]};
    const L first = full ? C : C - C/2, second = full ? C : C/2, CO = first + second;
    const Branch<T> branches[2] = {{row, bias, first, 0, 0, true, v, h}, {column, bias, second, full ? 0 : first, first, false, v, h}};
    if (!channels_last) {
        each(N*CO, threads, [&](L a, L b) {
            std::vector<T> buffer;
            for (L u = a; u < b; u++) {
                const Branch<T>& q = branches[u%CO >= first];
                const L c = u%CO - q.to;
                plane(q, x + ((u/CO)*C + q.from + c)*v.size*h.size, y + u*v.out*h.out, c, buffer);
            }
        });
        return 0;
    }
    typedef typename Lanes<T>::type V;
    const L lanes = BYTES/sizeof(T);
    std::vector<T> turned[2];                                   // taps first, so that neighbouring channels are neighbours
    for (int s = 0; s < 2; s++) {
        const Branch<T>& q = branches[s];
        const L k = q.taps();
        turned[s].resize(k*q.channels);
        for (L c = 0; c < q.channels; c++) for (L t = 0; t < k; t++) turned[s][t*q.channels + c] = q.w[c*k + t];
    }
    each(N*v.out, threads, [&](L a, L b) {
        std::vector<V> wide(std::max(v.k, h.k));
        std::vector<T> one(std::max(v.k, h.k));
        for (L u = a; u < b; u++) for (int s = 0; s < 2; s++) {
            const Branch<T>& q = branches[s];
            const L k = q.taps();
            const T *from = x + (u/v.out)*v.size*h.size*C, *w = turned[s].data();
            T* to = y + (u/v.out)*v.out*h.out*CO;
            L c = 0;
            for (; c + lanes <= q.channels; c += lanes) {
                for (L t = 0; t < k; t++) wide[t] = take<V>(w + t*q.channels + c);
                last_block<T,V>(q, from, to, wide.data(), c, u%v.out, C, CO);
            }
            for (; c < q.channels; c++) {
                for (L t = 0; t < k; t++) one[t] = w[t*q.channels + c];
                last_block<T,T>(q, from, to, one.data(), c, u%v.out, C, CO);
            }
        }
    });
    return 0;
}

extern "C" L fuse_f32(const float* x, const float* row, const float* column, const float* bias, float* y, const L* z) {
    return guarded([&] { return forward(x, row, column, bias, y, z); });
}
extern "C" L fuse_f64(const double* x, const double* row, const double* column, const double* bias, double* y, const L* z) {
    return guarded([&] { return forward(x, row, column, bias, y, z); });
}
