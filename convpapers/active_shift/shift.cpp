// The active shift, forward and backward.
// The shared head (vectors, threads; see convpapers.lab.native) is put before this text.

// == One axis of a shift

// One axis of a shift: output i reads input i*stride+at with weight w[0] and the pixel
// after it with w[1]
template <class T> struct Axis { L at; T w[2]; };

template <class T> Axis<T> axis(T shift, L pad) {
    shift = std::min(std::max(shift, T(-4e12)), T(4e12));
    T whole = std::floor(shift), d = shift-whole;
    return {L(whole)-pad, {1-d, d}};
}
// an integer shift has one tap
template <class T>
Axis<T> single(Axis<T> a) { return a.w[0]==0 ? Axis<T>{a.at+1, {a.w[1], 0}} : a; }
template <class T>
Axis<T> opposite(Axis<T> a) { return single(Axis<T>{-a.at-1, {a.w[1], a.w[0]}}); }

// Outputs lo...hi-1 of n that find `taps` pixels inside the input of size m
struct Span { L lo, hi; };
static Span inside(L at, L taps, L n, L m, L s) {
    L lo = at<0 ? (-at+s-1)/s : 0, last = m-taps-at;
    L hi = last<0 ? 0 : std::min(n, last/s+1);
    lo = std::min(lo, n);
    return {lo, std::max(lo, hi)};
}

// == A run of outputs

template <bool R, class T> inline T read(T v) { return R && v<0 ? T(0) : v; }

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define REGISTERS
#endif
#endif

#ifdef REGISTERS
template <class T> using Vec = Lanes<T>;
template <bool R, class T> inline typename Vec<T>::type load(const T* p) {
    typename Vec<T>::type v;
    std::memcpy(&v, p, BYTES);
    return R ? (v<0 ? typename Vec<T>::type{} : v) : v;
}
// every pixel's right neighbour; w follows v
template <class V> inline V later(V v, V w) {
    if constexpr (sizeof(v[0])==4) return __builtin_shufflevector(v, w, LANES_4);
    else return __builtin_shufflevector(v, w, LANES_8);
}
#endif

// Four taps along a line, x above and z below: rows are mixed once, and each mixture serves
// two outputs
template <bool R, class T>
L line(T* __restrict y, const T* x, const T* z, L n, const T* a, const T* b) {
    L k = 0;
#ifdef REGISTERS
    const L step = BYTES/sizeof(T);
    if (n<3*step) return 0;
    auto v = a[0]*load<R>(x)+a[1]*load<R>(z);
    for (; k+2*step<=n; k+=step) {
        const auto w = a[0]*load<R>(x+k+step)+a[1]*load<R>(z+k+step),
            out = b[0]*v+b[1]*later(v, w);
        std::memcpy(y+k, &out, BYTES);
        v = w;
    }
#endif
    // what is left to do begins here
    return k;
}

// A run of outputs; `below` is the distance to the pixel in the next row
template <bool R, class T>
void run(T* __restrict y, const T* __restrict x, L below, L n, L s, const T* a, const T* b)
    {
    const T p = a[0]*b[0], q = a[0]*b[1], u = a[1]*b[0], v = a[1]*b[1];
    const T* __restrict z = x+below;
    if (s==1) {
        if (a[1]==0 && b[1]==0) {
            if (R || p!=1) for (L k=0; k<n; k++) y[k] = p*read<R>(x[k]);
            else std::memcpy(y, x, n*sizeof(T));
        }
        else if (a[1]==0) for (L k=0; k<n; k++) y[k] = p*read<R>(x[k])+q*read<R>(x[k+1]);
        else if (b[1]==0) for (L k=0; k<n; k++) y[k] = p*read<R>(x[k])+u*read<R>(z[k]);
        else for (L k=line<R>(y, x, z, n, a, b); k<n; k++)
            y[k] = p*read<R>(x[k])+q*read<R>(x[k+1])+u*read<R>(z[k])+v*read<R>(z[k+1]);
    } else if (s==2) {
        if (a[1]==0 && b[1]==0) for (L k=0; k<n; k++) y[k] = p*read<R>(x[2*k]);
        else if (a[1]==0) for (L k=0; k<n; k++)
            y[k] = p*read<R>(x[2*k])+q*read<R>(x[2*k+1]);
        else if (b[1]==0) for (L k=0; k<n; k++) y[k] = p*read<R>(x[2*k])+u*read<R>(z[2*k]);
        else for (L k=0; k<n; k++) y[k] = p*read<R>(x[2*k])+q*read<R>(x[2*k+1])
            +u*read<R>(z[2*k])+v*read<R>(z[2*k+1]);
    } else {
        if (a[1]==0 && b[1]==0) for (L k=0; k<n; k++) y[k] = p*read<R>(x[s*k]);
        else if (a[1]==0) for (L k=0; k<n; k++)
            y[k] = p*read<R>(x[s*k])+q*read<R>(x[s*k+1]);
        else if (b[1]==0) for (L k=0; k<n; k++) y[k] = p*read<R>(x[s*k])+u*read<R>(z[s*k]);
        else for (L k=0; k<n; k++) y[k] = p*read<R>(x[s*k])+q*read<R>(x[s*k+1])
            +u*read<R>(z[s*k])+v*read<R>(z[s*k+1]);
    }
}

// == A plane, and its edges

// What output j of a row reads when its pixels may lie outside
template <bool R, class T> inline T edge(const T* x, L W, L c, const T* b) {
    return (c>=0 && c<W ? b[0]*read<R>(x[c]) : T(0))
        + (b[1]!=0 && c>=-1 && c+1<W ? b[1]*read<R>(x[c+1]) : T(0));
}

struct Shape { L H, W, Ho, Wo, sh, sw; };

template <bool R, class T> void plane(const T* x, T* y, Shape d, Axis<T> a, Axis<T> b) {
    const L H = d.H, W = d.W, Ho = d.Ho, Wo = d.Wo;
    const T alone[2] = {1, 0};
    Span rows = inside(a.at, 1+(a.w[1]!=0), Ho, H, d.sh),
        cols = inside(b.at, 1+(b.w[1]!=0), Wo, W, d.sw);
    // rows with one pixel inside, or none
    for (L i=0; i<Ho; i++) {
        if (i==rows.lo) i = rows.hi;
        if (i>=Ho) break;
        L r = i*d.sh+a.at;
        T* out = y+i*Wo;
        T weight = r>=0 && r<H ? a.w[0] : a.w[1];
        if (!(r>=0 && r<H)) r++;
        if (r<0 || r>=H || weight==0) { std::fill(out, out+Wo, T(0)); continue; }
        const T* in = x+r*W;
        const T bw[2] = {weight*b.w[0], weight*b.w[1]};
        for (L j=0; j<cols.lo; j++) out[j] = edge<R>(in, W, j*d.sw+b.at, bw);
        if (cols.hi>cols.lo) run<R>(out+cols.lo, in+cols.lo*d.sw+b.at, W, cols.hi-cols.lo,
            d.sw, alone, bw);
        for (L j=cols.hi; j<Wo; j++) out[j] = edge<R>(in, W, j*d.sw+b.at, bw);
    }
    if (rows.hi<=rows.lo) return;
    const L first = rows.lo*d.sh+a.at;
    if (cols.hi>cols.lo) {
        const T* in = x+first*W+cols.lo*d.sw+b.at;
        // as one line
        if (d.sh==1 && d.sw==1 && W==Wo)
            run<R>(y+rows.lo*W+cols.lo, in, W, (rows.hi-1-rows.lo)*W+cols.hi-cols.lo, 1,
            a.w, b.w);
        else for (L i=rows.lo; i<rows.hi; i++, in+=d.sh*W)
            run<R>(y+i*Wo+cols.lo, in, W, cols.hi-cols.lo, d.sw, a.w, b.w);
    }
    // columns where the line wrapped around
    auto repair = [&](L j) {
        const L c = j*d.sw+b.at;
        const bool left = c>=0 && c<W, right = b.w[1]!=0 && c>=-1 && c+1<W;
        T* out = y+rows.lo*Wo+j;
        if (!left && !right) {
            for (L i=rows.lo; i<rows.hi; i++, out+=Wo) *out = 0;
            return;
        }
        // both inside is no edge
        const T weight = left ? b.w[0] : b.w[1], p = weight*a.w[0], u = weight*a.w[1];
        const T* in = x+first*W+(left ? c : c+1);
        if (u==0) for (L i=rows.lo; i<rows.hi; i++, out+=Wo, in+=d.sh*W)
            *out = p*read<R>(in[0]);
        else for (L i=rows.lo; i<rows.hi; i++, out+=Wo, in+=d.sh*W)
            *out = p*read<R>(in[0])+u*read<R>(in[W]);
    };
    for (L j=0; j<cols.lo; j++) repair(j);
    for (L j=cols.hi; j<Wo; j++) repair(j);
}

// == The way back at any stride

// The adjoint at any stride: every output gives its gradient to the pixels that it read
template <class T> void scatter(const T* g, T* gx, Shape d, Axis<T> a, Axis<T> b) {
    std::fill(gx, gx+d.H*d.W, T(0));
    for (L i=0; i<d.Ho; i++) for (L u=0; u<2; u++) {
        const L r = i*d.sh+a.at+u;
        if (r<0 || r>=d.H || a.w[u]==0) continue;
        for (L v=0; v<2; v++) {
            if (b.w[v]==0) continue;
            const Span cols = inside(b.at+v, 1, d.Wo, d.W, d.sw);
            const T w = a.w[u]*b.w[v];
            const T* __restrict from = g+i*d.Wo;
            T* __restrict to = gx+r*d.W+b.at+v;
            if (d.sw==1) for (L j=cols.lo; j<cols.hi; j++) to[j] += w*from[j];
            else if (d.sw==2) for (L j=cols.lo; j<cols.hi; j++) to[2*j] += w*from[j];
            else for (L j=cols.lo; j<cols.hi; j++) to[d.sw*j] += w*from[j];
        }
    }
}

// == The gradient of the shifts

// The four correlations of g with x at the corners, added to S (00, 01, 10, 11)
template <bool R, class T>
void correlate(const T* __restrict g, const T* x, L below, L n, L s, double* S) {
    const T* z = x+below;
    // short sums in T, long ones in double
    for (L from=0; from<n; from+=4096) {
        const L to = std::min(n, from+4096);
        T p = 0, q = 0, u = 0, v = 0;
        L k = from;
        if (s==1) {
#ifdef REGISTERS
            const L step = BYTES/sizeof(T);
            if (to-from>=3*step) {
                typename Vec<T>::type P{}, Q{}, U{}, V{}, c = load<R>(x+k),
                    d = load<R>(z+k);
                for (; k+2*step<=to; k+=step) {
                    const auto h = load<false>(g+k), e = load<R>(x+k+step),
                        f = load<R>(z+k+step);
                    P += h*c; Q += h*later(c, e); U += h*d; V += h*later(d, f);
                    c = e; d = f;
                }
                for (L i=0; i<step; i++) { p += P[i]; q += Q[i]; u += U[i]; v += V[i]; }
            }
#endif
            #pragma omp simd reduction(+:p,q,u,v)
            for (L i=k; i<to; i++) { p += g[i]*read<R>(x[i]); q += g[i]*read<R>(x[i+1]);
                u += g[i]*read<R>(z[i]); v += g[i]*read<R>(z[i+1]); }
        } else {
            #pragma omp simd reduction(+:p,q,u,v)
            for (L i=k; i<to; i++) { p += g[i]*read<R>(x[s*i]); q += g[i]*read<R>(x[s*i+1]);
                u += g[i]*read<R>(z[s*i]); v += g[i]*read<R>(z[s*i+1]); }
        }
        S[0] += p; S[1] += q; S[2] += u; S[3] += v;
    }
}

template <bool R, class T>
void gradient(const T* g, const T* x, T* copy, Shape d, Axis<T> a, Axis<T> b, double* out) {
    const L H = d.H, W = d.W, Ho = d.Ho, Wo = d.Wo;
    double S[4] = {0, 0, 0, 0};
    const Span rows = inside(a.at, 2, Ho, H, d.sh), cols = inside(b.at, 2, Wo, W, d.sw);
    const L m = rows.hi-rows.lo, n = cols.hi-cols.lo, first = rows.lo*d.sh+a.at;
    if (m>0 && n>0) {                                          // all four pixels inside
        const T *from = g+rows.lo*Wo+cols.lo, *in = x+first*W+cols.lo*d.sw+b.at;
        // as one line, without what wrapped around
        if (d.sh==1 && d.sw==1 && W==Wo) {
            std::memcpy(copy, from, ((m-1)*W+n)*sizeof(T));
            for (L i=1; i<m; i++) for (L j=(i-1)*W+n; j<i*W; j++) copy[j] = 0;
            correlate<R>(copy, in, W, (m-1)*W+n, 1, S);
        } else for (L i=0; i<m; i++) correlate<R>(from+i*Wo, in+i*d.sh*W, W, n, d.sw, S);
    }
    auto place = [](L target, L at, L s, L n) { const L i = (target-at)/s;
        return (target-at)%s==0 && i>=0 && i<n ? i : L(-1); };
    // the column that finds its right pixel only, and the one that finds its left
    for (L side=0; side<2; side++) {
        const L j = place(side ? W-1 : -1, b.at, d.sw, Wo);
        if (j<0) continue;
        double above = 0, below = 0;
        const T *from = g+rows.lo*Wo+j, *in = x+first*W+(side ? W-1 : 0);
        for (L i=0; i<m; i++, from+=Wo, in+=d.sh*W) { above += double(*from)*read<R>(in[0]);
            below += double(*from)*read<R>(in[W]); }
        S[1-side] += above; S[3-side] += below;
    }
    for (L side=0; side<2; side++) {                           // the same for rows
        const L i = place(side ? H-1 : -1, a.at, d.sh, Ho);
        if (i<0) continue;
        double one[4] = {0, 0, 0, 0};
        const T *from = g+i*Wo, *in = x+(side ? H-1 : 0)*W;
        if (n>0) correlate<R>(from+cols.lo, in+cols.lo*d.sw+b.at, 0, n, d.sw, one);
        for (L end=0; end<2; end++) {
            const L j = place(end ? W-1 : -1, b.at, d.sw, Wo);
            if (j>=0) one[1-end] += double(from[j])*read<R>(in[end ? W-1 : 0]);
        }
        S[side ? 0 : 2] += one[0]; S[side ? 1 : 3] += one[1];
    }
    // a weight of zero leaves out what is no number
    auto between = [](double p, double q, double d)
        { return (d==1 ? 0 : (1-d)*p)+(d==0 ? 0 : d*q); };
    out[0] = between(S[2]-S[0], S[3]-S[1], b.w[1]);
    out[1] = between(S[1]-S[0], S[3]-S[2], a.w[1]);
}

// == Past the caches

#if defined(__AVX__)
// bytes: outputs that leave the caches, planes that stay in the nearest
static const L FAR = L(1)<<23, NEAR = L(1)<<16;

static bool streams(const void* y, L plane, L planes) {
    return plane*planes>=FAR && plane<=NEAR && plane%32==0 && uintptr_t(y)%32==0;
}
static void stream(void* out, const void* in, L bytes) {
    for (L k=0; k<bytes; k+=32) _mm256_stream_si256((__m256i*)((char*)out+k),
        _mm256_loadu_si256((const __m256i*)((const char*)in+k)));
}
static void streamed() { _mm_sfence(); }
#else
static bool streams(const void*, L, L) { return false; }
static void stream(void*, const void*, L) {}
static void streamed() {}
#endif

// == Threads, and what Python calls

// d: N, C, H, W, Ho, Wo, stride (2), padding (2), relu, threads. Returns -1 where a shift
// is not a number, -2 without memory, else how many channels read nothing
template <class T> L check(const T* shift, const L* d) {
    L C = d[1], dead = 0;
    for (L c=0; c<2*C; c++) if (shift[c]!=shift[c]) return -1;
    for (L c=0; c<C; c++) {
        bool reads = true;
        for (L k=0; k<2; k++) {
            Axis<T> a = single(axis(shift[k*C+c], d[8+k]));
            Span one = inside(a.at, 1, d[4+k], d[2+k], d[6+k]),
                two = inside(a.at+1, 1, d[4+k], d[2+k], d[6+k]);
            reads = reads && (one.hi>one.lo || (a.w[1]!=0 && two.hi>two.lo));
        }
        dead += !reads;
    }
    return dead;
}

template <class T> L forward(const T* x, const T* shift, T* y, const L* d) {
    const L dead = check(shift, d), C = d[1];
    const Shape s = {d[2], d[3], d[4], d[5], d[6], d[7]};
    const L size = s.Ho*s.Wo;
    const bool far = streams(y, size*sizeof(T), d[0]*C);
    if (dead>=0) each(d[0]*C, d[11], [=](L first, L last) {
        std::vector<T> line(far ? size : 0);
        for (L p=first; p<last; p++) {
            const Axis<T> a = single(axis(shift[p%C], d[8])),
                b = single(axis(shift[C+p%C], d[9]));
            const T* in = x+p*s.H*s.W;
            T* out = far ? line.data() : y+p*size;
            if (d[10]) plane<true>(in, out, s, a, b); else plane<false>(in, out, s, a, b);
            if (far) stream(y+p*size, out, size*sizeof(T));
        }
        if (far) streamed();
    });
    return dead;
}

// gx or gs may be null; a pair of sums for each plane, then over the batch in its order:
// the same with any number of threads
template <class T>
L backward(const T* g, const T* x, const T* shift, T* gx, T* gs, const L* d) {
    std::vector<double> sums(gs ? 2*d[0]*d[1] : 0);
    double* const parts = gs ? sums.data() : nullptr;
    const L dead = check(shift, d), C = d[1];
    const Shape s = {d[2], d[3], d[4], d[5], d[6], d[7]},
        back = {s.Ho, s.Wo, s.H, s.W, 1, 1};
    if (dead>=0) each(d[0]*C, d[11], [=](L first, L last) {
        std::vector<T> line(parts ? s.Ho*s.Wo : 0);
        for (L p=first; p<last; p++) {
            const Axis<T> a = axis(shift[p%C], d[8]), b = axis(shift[C+p%C], d[9]);
            const T *in = x+p*s.H*s.W, *grad = g+p*s.Ho*s.Wo;
            if (parts) {
                if (d[10]) gradient<true>(grad, in, line.data(), s, a, b, parts+2*p);
                else gradient<false>(grad, in, line.data(), s, a, b, parts+2*p);
            }
            if (!gx) continue;
            T* __restrict out = gx+p*s.H*s.W;
            if (s.sh==1 && s.sw==1) plane<false>(grad, out, back, opposite(a), opposite(b));
            else scatter(grad, out, s, a, b);
            if (d[10]) for (L k=0; k<s.H*s.W; k++) out[k] = in[k]<=0 ? T(0) : out[k];
        }
    });
    if (gs && dead>=0) for (L c=0; c<C; c++) for (L k=0; k<2; k++) {
        double total = 0;
        for (L n=0; n<d[0]; n++) total += parts[2*(n*C+c)+k];
        gs[k*C+c] = T(total);
    }
    return dead;
}

extern "C" {
L shift_forward_f32(const float* x, const float* shift, float* y, const L* d)
    { return guarded([&] { return forward(x, shift, y, d); }); }
L shift_forward_f64(const double* x, const double* shift, double* y, const L* d)
    { return guarded([&] { return forward(x, shift, y, d); }); }
L shift_backward_f32(const float* g, const float* x, const float* shift, float* gx,
    float* gs, const L* d) {
    return guarded([&] { return backward(g, x, shift, gx, gs, d); });
}
L shift_backward_f64(const double* g, const double* x, const double* shift, double* gx,
    double* gs, const L* d) {
    return guarded([&] { return backward(g, x, shift, gx, gs, d); });
}
}
