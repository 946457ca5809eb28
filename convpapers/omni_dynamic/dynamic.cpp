// The attention of a dynamic layer, and the kernel of each picture, forward and backward.
// The shared heads (vectors, threads, lanes; see convpapers.lab.native) are put before this
// text.

// == Rows of numbers

// f(start, how many) on n numbers, vector by vector; the last one may be a part
template <class T, class F> inline void across(L n, F f) {
    L j = 0;
    for (; j+lanes<T>()<=n; j+=lanes<T>()) f(j, lanes<T>());
    if (j<n) f(j, n-j);
}
template <class T> inline V<T> some(const T* p, L n) {
    return n==lanes<T>() ? load(p) : load(p, n);
}
template <class T> inline void put(T* p, V<T> v, L n) {
    if (n==lanes<T>()) store(p, v); else store(p, v, n);
}
template <class T> inline T total(V<T> v) {
    T s = 0;
    for (L i=0; i<lanes<T>(); i++) s += v[i];
    return s;
}
template <class T> inline T dot(const T* a, const T* b, L n) {
    V<T> s{};
    across<T>(n, [&](L j, L m) { s += some(a+j, m)*some(b+j, m); });
    return total<T>(s);
}
template <class T> inline void add(T* y, T a, const T* x, L n) {
    across<T>(n, [&](L j, L m) { put(y+j, some(y+j, m)+a*some(x+j, m), m); });
}

// == Attention

const int HEADS = 4;                    // channels, filters, taps and, by softmax, kernels
template <class T> struct Gates {
    const T *fc, *gamma, *beta, *mean, *var, *head[HEADS], *bias[HEADS];
    L ins, hidden, n[HEADS];
    T eps, temperature;
    L all() const { return n[0]+n[1]+n[2]+n[3]; }
};
// What one picture makes of its means: z before the norm, a after it, and the answers
template <class T> struct Seen { std::vector<T> z, u, a, score, out; };

template <class T> void see(const Gates<T>& w, const T* p, Seen<T>& s) {
    for (L h=0; h<w.hidden; h++) {
        s.z[h] = dot(w.fc+h*w.ins, p, w.ins);
        s.u[h] = (s.z[h]-w.mean[h])/std::sqrt(w.var[h]+w.eps)*w.gamma[h]+w.beta[h];
        s.a[h] = s.u[h]<0 ? T(0) : s.u[h];                      // keeps what is not a number
    }
    for (L k=0, at=0; k<HEADS; at+=w.n[k++]) {
        T *x = &s.score[at], *y = &s.out[at], sum = 0;
        for (L i=0; i<w.n[k]; i++)
            x[i] = (dot(w.head[k]+i*w.hidden, s.a.data(), w.hidden)+w.bias[k][i])
                /w.temperature;
        if (k<HEADS-1) for (L i=0; i<w.n[k]; i++) y[i] = 1/(1+std::exp(-x[i]));
        else if (w.n[k]) {
            const T top = *std::max_element(x, x+w.n[k]);
            for (L i=0; i<w.n[k]; i++) sum += y[i] = std::exp(x[i]-top);
            for (L i=0; i<w.n[k]; i++) y[i] /= sum;
        }
    }
}
template <class T> Seen<T> room(const Gates<T>& w) {
    std::vector<T> h(w.hidden), n(w.all()+1);
    return {h, h, h, n, n};
}

template <class T> L gates(const T* p, T* out, L batch, const Gates<T>& w) {
    Seen<T> s = room(w);
    for (L b=0; b<batch; b++) {
        see(w, p+b*w.ins, s);
        std::copy(s.out.begin(), s.out.begin()+w.all(), out+b*w.all());
    }
    return 0;
}

// The gradients of p, fc, gamma, beta, mean, var, of the four heads, of their biases and of the temperature:
// zeros before, and null pointers for those that nobody needs
template <class T>
L gates_backward(const T* G, const T* p, T** to, L batch, const Gates<T>& w) {
    Seen<T> s = room(w);
    std::vector<T> d(w.all()+1), da(w.hidden), dz(w.hidden);
    T *gp = to[0], *gfc = to[1], *ggamma = to[2], *gbeta = to[3], *gmean = to[4],
        *gvar = to[5], **ghead = to+6, **gbias = to+10, *gt = to[14];
    for (L b=0; b<batch; b++) {
        const T* g = G+b*w.all();
        see(w, p+b*w.ins, s);
        std::fill(da.begin(), da.end(), T(0));
        for (L k=0, at=0; k<HEADS; at+=w.n[k++]) {
            const T *x = &s.score[at], *y = &s.out[at];
            const T mean = k<HEADS-1 ? T(0) : dot(g+at, y, w.n[k]);
            for (L i=0; i<w.n[k]; i++) {
                const T slope = k<HEADS-1 ? y[i]*(1-y[i])*g[at+i] : y[i]*(g[at+i]-mean),
                    q = slope/w.temperature;
                if (gt) *gt -= q*x[i];
                if (gbias[k]) gbias[k][i] += q;
                if (ghead[k]) add(ghead[k]+i*w.hidden, q, s.a.data(), w.hidden);
                add(da.data(), q, w.head[k]+i*w.hidden, w.hidden);
            }
        }
        for (L h=0; h<w.hidden; h++) {
            const T du = s.u[h]<=0 ? T(0) : da[h], r = 1/std::sqrt(w.var[h]+w.eps),
                off = s.z[h]-w.mean[h], dz = du*w.gamma[h]*r;
            if (ggamma) ggamma[h] += du*off*r;
            if (gbeta) gbeta[h] += du;
            if (gmean) gmean[h] -= dz;
            if (gvar) gvar[h] -= dz*off*r*r/2;
            if (gfc) add(gfc+h*w.ins, dz, p+b*w.ins, w.ins);
            if (gp) add(gp+b*w.ins, dz, w.fc+h*w.ins, w.ins);
        }
    }
    return 0;
}

// == A kernel for each picture

// W holds `kernels` kernels of outs×(ins·taps). An attention is a pointer, zero where it is
// not given, and the distance from one picture's to the next
struct Size { L batch, kernels, outs, ins, taps, groups, threads;
    L row() const { return ins*taps; } };
template <class T> struct Given { const T* p[HEADS]; L step[HEADS];
    T of(int k, L b, L i) const { return p[k] ? p[k][b*step[k]+i] : T(1); } };

// What a row of the kernel is multiplied with: its channel's and its tap's attention
template <class T> std::vector<T> scales(const Given<T>& a, const Size& z) {
    std::vector<T> s(z.batch*z.groups*z.row());
    T* p = s.data();
    for (L b=0; b<z.batch; b++) for (L c=0; c<z.groups*z.ins; c++) {
        const T x = a.of(0, b, c);
        for (L t=0; t<z.taps; t++) *p++ = x*a.of(2, b, t);
    }
    return s;
}

const L MOST = 16;                                              // kernels that are mixed
template <class T, L K> L kernels(const T* W, T* out, const Given<T>& a, Size z) {
    const std::vector<T> scale = scales(a, z);
    const L n = z.row(), all = z.outs*n, count = K ? K : z.kernels;
    each(z.outs, z.threads, [&](L lo, L hi) {
        for (L o=lo; o<hi; o++) for (L b=0; b<z.batch; b++) {
            const T *w = W+o*n, *s = &scale[(b*z.groups+o/(z.outs/z.groups))*n];
            T *y = out+(b*z.outs+o)*n, m[MOST];
            for (L k=0; k<count; k++) m[k] = a.of(3, b, k)*a.of(1, b, o);
            across<T>(n, [&](L j, L part) {
                V<T> v = m[0]*some(w+j, part);
                for (L k=1; k<count; k++) v += m[k]*some(w+k*all+j, part);
                put(y+j, v*some(s+j, part), part);
            });
        }
    });
    return 0;
}

// A row's gradient as that of its channel and of its tap
template <class T> void share(const T* gs, const T* gm, T** to, const Given<T>& a, Size z) {
    for (L b=0; b<z.batch; b++) {
        if (to[3]) for (L k=0; k<z.kernels; k++) to[3][b*z.kernels+k] = gm[b*z.kernels+k];
        if (to[2]) std::fill(to[2]+b*z.taps, to[2]+(b+1)*z.taps, T(0));
        for (L c=0; c<z.groups*z.ins; c++) {
            const T x = a.of(0, b, c);
            T sum = 0;
            for (L t=0; t<z.taps; t++) {
                const T g = gs[(b*z.groups*z.ins+c)*z.taps+t];
                sum += g*a.of(2, b, t);
                if (to[2]) to[2][b*z.taps+t] += g*x;
            }
            if (to[0]) to[0][b*z.groups*z.ins+c] = sum;
        }
    }
}

// The gradients of W and of the attentions that are given. A thread has its own output
// channels, and its own sums for what all of them share
template <class T, L K>
L kernels_backward(const T* G, const T* W, T* gW, T** to, const Given<T>& a, Size z) {
    const std::vector<T> scale = scales(a, z);
    const L n = z.row(), all = z.outs*n, count = K ? K : z.kernels, every = z.batch*count,
        threads = std::max(L(1), std::min(z.threads, z.outs));
    std::vector<T> rows(threads*scale.size()), mixed(threads*every);
    each(threads, threads, [&](L first, L last) { for (L u=first; u<last; u++)
        for (L o=z.outs*u/threads; o<z.outs*(u+1)/threads; o++)
            for (L b=0; b<z.batch; b++) {
                const L at = (b*z.groups+o/(z.outs/z.groups))*n;
                const T *w = W+o*n, *g = G+(b*z.outs+o)*n, *s = &scale[at];
                T *gw = gW+o*n, *gs = &rows[u*scale.size()+at];
                const T f = a.of(1, b, o);
                T m[MOST];
                V<T> sum{}, by[MOST] = {};
                for (L k=0; k<count; k++) m[k] = a.of(3, b, k);
                across<T>(n, [&](L j, L part) {
                    V<T> row[MOST], y{}, x = some(g+j, part), d = x*some(s+j, part);
                    for (L k=0; k<count; k++)
                        { row[k] = some(w+k*all+j, part); y += m[k]*row[k]; }
                    put(gs+j, some(gs+j, part)+f*x*y, part);
                    sum += d*y;
                    d *= f;
                    for (L k=0; k<count; k++) {
                        T* q = gw+k*all+j;
                        by[k] += d*row[k];
                        put(q, b ? some(q, part)+m[k]*d : m[k]*d, part);
                    }
                });
                if (to[1]) to[1][b*z.outs+o] = total<T>(sum);
                for (L k=0; k<count; k++) mixed[u*every+b*count+k] += total<T>(by[k]);
            }
    });
    for (L u=1; u<threads; u++) {
        add(rows.data(), T(1), &rows[u*scale.size()], scale.size());
        add(mixed.data(), T(1), &mixed[u*every], every);
    }
    share(rows.data(), mixed.data(), to, a, z);
    return 0;
}

// == What Python calls

#define GATES(T) const T* fc, const T* gamma, const T* beta, const T* mean, const T* var, \
    const T* h0, const T* h1, const T* h2, const T* h3, const T* b0, const T* b1, \
    const T* b2, const T* b3, const T* temperature, \
    int64_t batch, int64_t ins, int64_t hidden, int64_t n0, int64_t n1, int64_t n2, \
    int64_t n3, double eps
#define WEIGHTS(T) Gates<T>{fc, gamma, beta, mean, var, {h0, h1, h2, h3}, \
    {b0, b1, b2, b3}, ins, hidden, \
    {n0, n1, n2, n3}, T(eps), *temperature}
#define SIZES(T) const T* W, const T* a0, const T* a1, const T* a2, const T* a3, \
    int64_t s0, int64_t s1, int64_t s2, int64_t s3, int64_t batch, int64_t kernels_, \
    int64_t outs, int64_t ins, int64_t taps, int64_t groups, int64_t threads
#define START(T) const Given<T> a{{a0, a1, a2, a3}, {s0, s1, s2, s3}}; \
    const Size z{batch, kernels_, outs, ins, taps, groups, threads};
#define ENTRIES(T, name) \
extern "C" int64_t gates_##name(const T* p, T* out, GATES(T)) \
    { return guarded([&]() -> int64_t { return gates<T>(p, out, batch, WEIGHTS(T)); }); } \
extern "C" int64_t gates_backward_##name(const T* G, const T* p, T* g0, T* g1, T* g2, \
    T* g3, T* g4, T* g5, T* g6, T* g7, T* g8, T* g9, T* g10, T* g11, T* g12, T* g13, \
    T* g14, GATES(T)) { \
    T* to[] = {g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14}; \
    return guarded([&]() -> int64_t { \
        return gates_backward<T>(G, p, to, batch, WEIGHTS(T)); }); } \
extern "C" int64_t kernels_##name(T* out, SIZES(T)) { START(T) \
    return guarded([&]() -> int64_t { return kernels_==1 ? kernels<T,1>(W, out, a, z) \
        : kernels_==4 ? kernels<T,4>(W, out, a, z) : kernels<T,0>(W, out, a, z); }); } \
extern "C" int64_t kernels_backward_##name(const T* G, T* gW, T* g0, T* g1, T* g2, T* g3, \
    SIZES(T)) { START(T) T* to[] = {g0, g1, g2, g3}; \
    return guarded([&]() -> int64_t { \
        return kernels_==1 ? kernels_backward<T,1>(G, W, gW, to, a, z) \
        : kernels_==4 ? kernels_backward<T,4>(G, W, gW, to, a, z) \
        : kernels_backward<T,0>(G, W, gW, to, a, z); }); }
ENTRIES(float, f32)
ENTRIES(double, f64)
