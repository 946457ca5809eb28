// The fold of DO-Conv, forward and backward.
// The shared head (vectors, threads; see convpapers.lab.native) is put before this text.

// == Rows of numbers, and their combination

// Rows of numbers, read and written as vectors of P
template <class T, L P> struct Row {
    typedef typename Lanes<T,P>::type V;
    static inline V whole(const T* p) { V v; std::memcpy(&v, p, sizeof(V)); return v; }
    static inline V part(const T* p, L n) { T t[P] = {}; for (L k=0; k<n; k++) t[k] = p[k];
        return whole(t); }
    static inline void put(T* p, V v) { std::memcpy(p, &v, sizeof(V)); }
    static inline void put(T* p, V v, L n) { T t[P]; put(t, v);
        for (L k=0; k<n; k++) p[k] = t[k]; }
};
// outs and ins of one group
struct Size { L groups, outs, ins, taps, muls, threads; };

// A unit of work: some input channels of one group, with all its outputs. Their tables stay
// in the cache, and long stretches of each row are read at once
const L BLOCK = 64, AT_ONCE = 4;
struct Unit { L group, first, last; };
inline Unit unit(const Size& z, L u) {
    L blocks = (z.ins+BLOCK-1)/BLOCK, first = u%blocks*BLOCK;
    return {u/blocks, first, std::min(z.ins, first+BLOCK)};
}
inline L units(const Size& z) { return z.groups*((z.ins+BLOCK-1)/BLOCK); }

// One row of n numbers for each of `rows` outputs: the sum over k of in[k]*table[k]. Rows
// follow one another, so a whole vector may be written where the next row, or what lies
// behind it, is written later
template <class T, L P, L K>
inline void combine(const T* in, L in_step, T* out, L out_step, const T* table, L k0, L n,
    L rows, const T* end) {
    typedef Row<T,P> R;
    const L count = K ? K : k0;
    typename R::V sum[AT_ONCE];
    for (L r=0; r<rows; r++) sum[r] = typename R::V{};
    for (L k=0; k<count; k++) {
        typename R::V t = R::whole(table+k*P);
        for (L r=0; r<rows; r++) sum[r] += t*in[r*in_step+k];
    }
    for (L r=0; r<rows; r++) {
        T* p = out+r*out_step;
        if (p+P<=end+r*out_step) R::put(p, sum[r]); else R::put(p, sum[r], n);
    }
}

// == Forward

template <class T, L P, L K> L forward(const T* W, const T* D, T* out, Size z) {
    each(units(z), z.threads, [&](L lo, L hi) {
        std::vector<T> table(BLOCK*z.muls*P);
        const L in = z.ins*z.muls, to = z.ins*z.taps;
        for (L u=lo; u<hi; u++) {
            const Unit b = unit(z, u);
            for (L i=b.first; i<b.last; i++) for (L m=0; m<z.taps; m++)
                for (L s=0; s<z.muls; s++)
                table[((i-b.first)*z.muls+s)*P+m] =
                    D[((b.group*z.ins+i)*z.taps+m)*z.muls+s];
            for (L o=b.group*z.outs, stop=o+z.outs, rows; o<stop; o+=rows) {
                rows = std::min(AT_ONCE, stop-o);
                const T* end = out+o*to+b.last*z.taps;
                for (L i=b.first; i<b.last; i++) {
                    const T *t = &table[(i-b.first)*z.muls*P], *w = W+o*in+i*z.muls;
                    T* y = out+o*to+i*z.taps;
                    if (rows==AT_ONCE) combine<T,P,
                        K>(w, in, y, to, t, z.muls, z.taps, AT_ONCE, end);
                    else combine<T,P,K>(w, in, y, to, t, z.muls, z.taps, rows, end);
                }
            }
        }
    });
    return 0;
}

// == Backward

template <class T, L P, L K>
L backward(const T* G, const T* W, const T* D, T* gW, T* gD, Size z) {
    typedef Row<T,P> R;
    each(units(z), z.threads, [&](L lo, L hi) {
        std::vector<T> table(BLOCK*z.taps*P), sums(BLOCK*z.muls*P);
        const T* last = G+z.groups*z.outs*z.ins*z.taps;
        const L in = z.ins*z.muls, to = z.ins*z.taps, muls = K ? K : z.muls;
        for (L u=lo; u<hi; u++) {
            const Unit b = unit(z, u);
            std::fill(sums.begin(), sums.begin()+(b.last-b.first)*z.muls*P, T(0));
            for (L i=b.first; i<b.last; i++) for (L m=0; m<z.taps; m++)
                for (L s=0; s<z.muls; s++)
                table[((i-b.first)*z.taps+m)*P+s] =
                    D[((b.group*z.ins+i)*z.taps+m)*z.muls+s];
            for (L o=b.group*z.outs, stop=o+z.outs, rows; o<stop; o+=rows) {
                rows = std::min(AT_ONCE, stop-o);
                const T* end = gW+o*in+b.last*z.muls;
                for (L i=b.first; i<b.last; i++) {
                    const T *g = G+o*to+i*z.taps, *w = W+o*in+i*z.muls,
                        *t = &table[(i-b.first)*z.taps*P];
                    T *y = gW+o*in+i*z.muls, *a = &sums[(i-b.first)*z.muls*P];
                    if (rows==AT_ONCE) combine<T,P,
                        K>(g, to, y, in, t, z.taps, z.muls, AT_ONCE, end);
                    else combine<T,P,K>(g, to, y, in, t, z.taps, z.muls, rows, end);
                    typename R::V v[AT_ONCE];
                    for (L r=0; r<rows; r++) v[r] = g+r*to+P<=last ? R::whole(g+r*to)
                        : R::part(g+r*to, z.taps);
                    if (rows==AT_ONCE) for (L s=0; s<muls; s++)
                        R::put(a+s*P, R::whole(a+s*P) + v[0]*w[s] + v[1]*w[in+s]
                            + v[2]*w[2*in+s] + v[3]*w[3*in+s]);
                    else for (L r=0; r<rows; r++) for (L s=0; s<muls; s++)
                        R::put(a+s*P, R::whole(a+s*P) + v[r]*w[r*in+s]);
                }
            }
            for (L i=b.first; i<b.last; i++) for (L m=0; m<z.taps; m++)
                for (L s=0; s<z.muls; s++)
                gD[((b.group*z.ins+i)*z.taps+m)*z.muls+s] =
                    sums[((i-b.first)*z.muls+s)*P+m];
        }
    });
    return 0;
}

// == What Python calls

#define SIZES int64_t groups, int64_t outs, int64_t ins, int64_t taps, int64_t muls, \
    int64_t threads
#define PICK(f, T, ...) guarded([&]() -> int64_t { \
    Size z{groups, outs, ins, taps, muls, threads}; L n = std::max(taps, muls); \
    return taps==9 && muls==9 ? f<T,16,9>(__VA_ARGS__, z) \
        : taps==25 && muls==25 ? f<T,32,25>(__VA_ARGS__, z) \
        : n<=16 ? f<T,16,0>(__VA_ARGS__, z) \
        : n<=32 ? f<T,32,0>(__VA_ARGS__, z) : f<T,64,0>(__VA_ARGS__, z); })
#define ENTRIES(T, name) \
extern "C" int64_t fold_##name(const T* W, const T* D, T* out, SIZES) \
    { return PICK(forward, T, W, D, out); } \
extern "C" int64_t fold_backward_##name(const T* G, const T* W, const T* D, T* gW, T* gD, \
    SIZES) { \
    return PICK(backward, T, G, W, D, gW, gD); }
ENTRIES(float, f32)
ENTRIES(double, f64)
