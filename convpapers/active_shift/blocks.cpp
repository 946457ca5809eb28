// A block of AS-ResNet: two matrix products, and everything else inside them.
// The shared head (vectors, threads; see convpapers.lab.native) is put before this text.

// == Vectors

constexpr int VL = BYTES/4;                                     // floats of a vector
#if BYTES==64 || defined(__aarch64__)
// vectors of a row of a tile
constexpr int NV = 2;
#else
constexpr int NV = 1;                                           // half the registers
#endif
template<int N> struct Vec {
    typedef float V __attribute__((vector_size(N*4)));
    typedef int32_t I __attribute__((vector_size(N*4)));
    // the same, anywhere in memory
    typedef float U __attribute__((vector_size(N*4), aligned(4)));
    typedef int32_t J __attribute__((vector_size(N*4), aligned(4)));
    static V load(const float* p) { return *(const U*)p; }
    static I load(const int32_t* p) { return *(const J*)p; }
    static void store(float* p, V v) { *(U*)p = v; }
    // what is no number stays so
    static V positive(V v) { return v < V{} ? V{} : v; }
    static V only(V v, I mask) { return (V)((I)v & mask); }
};
typedef Vec<VL> X;
typedef X::V V;

// == A tile of the product

struct Result { float* C; const float* add; L ld; const float* bias; bool relu; };

// rows m … of C[M, n] = A[M, K] B[K, n] in columns c …; then offset, ReLU and sum as asked
// for
template<int MR, int N>
static inline void tile(L K, const float* a, const float* b, L m, L rows, L c, L left,
    const Result& r) {
    V acc[MR][N];
    for (int i = 0; i < MR; i++) for (int j = 0; j < N; j++) acc[i][j] = V{};
    for (L k = 0; k < K; k++, a += MR, b += N*VL) {
        V v[N];
        __builtin_prefetch(a + MR*K);
        for (int j = 0; j < N; j++) v[j] = X::load(b + j*VL);
        for (int i = 0; i < MR; i++) for (int j = 0; j < N; j++) acc[i][j] += a[i]*v[j];
    }
    for (int i = 0; i < MR; i++) {
        if (i >= rows) break;
        L at = (m+i)*r.ld + c;
        float t[N*VL], offset = r.bias ? r.bias[m+i] : 0.f;
        for (int j = 0; j < N; j++) {
            V v = acc[i][j] + offset;
            if (r.relu) v = X::positive(v);
            if (left < N*VL) X::store(t + j*VL, v);
            else X::store(r.C + at + j*VL, r.add ? v + X::load(r.add + at + j*VL) : v);
        }
        if (left < N*VL) for (L j = 0; j < left; j++) r.C[at+j] = r.add ? t[j] + r.add[at+j]
            : t[j];
    }
}

// == The product, with what does not fill a tile

// columns of a tile, of a turned tile
constexpr int NR = NV*VL, NT = 4;

static inline L width(L left) { return left <= NT ? NT : left <= VL+NT ? VL : NR; }

template<int MR>
static inline void turned(L K, const float* a, const float* b, L m, L rows, L c, L left,
    const Result& r) {
    constexpr int N = (MR+VL-1)/VL;
    V acc[N][NT];
    for (int i = 0; i < N; i++) for (int j = 0; j < NT; j++) acc[i][j] = V{};
    for (L k = 0; k < K; k++, a += MR, b += NT)
        for (int i = 0; i < N; i++) {
            V v = X::load(a + i*VL);
            for (int j = 0; j < NT; j++) acc[i][j] += b[j]*v;
        }
    for (int j = 0; j < NT; j++) {
        if (j >= left) break;
        float t[N*VL];
        for (int i = 0; i < N; i++) X::store(t + i*VL, acc[i][j]);
        for (L i = 0; i < rows; i++) {
            L at = (m+i)*r.ld + c + j;
            float v = t[i] + (r.bias ? r.bias[m+i] : 0.f);
            if (r.relu) v = std::max(v, 0.f);
            r.C[at] = r.add ? v + r.add[at] : v;
        }
    }
}

template<int MR>
static void product(L M, L K, L n, const float* A, const float* B, const Result& r) {
    for (L m = 0; m < M; m += MR) for (L c = 0, w; c < n; c += w) {
        w = width(n-c);
        const float *a = A + m*K, *b = B + c*K;
        L rows = std::min<L>(MR, M-m), left = std::min(w, n-c);
        if (w == NR) tile<MR, NV>(K, a, b, m, rows, c, left, r);
        else if (w == VL) tile<MR, 1>(K, a, b, m, rows, c, left, r);
        else turned<MR>(K, a, b, m, rows, c, left, r);
    }
}

// == The copy into tiles

// row k of the tiles, n columns
struct Place { float* B; L K, k, n; bool norm; float a, b; };

template<class F> static inline void values(const Place& o, F value) {
    L c = 0;
    for (float* out = o.B + o.k*NR; o.n-c > VL+NT; c += NR, out += o.K*NR)
        for (L j = 0; j < NR; j += VL) X::store(out + j, value(X{}, c+j));
    for (L w; c < o.n; c += w) {
        w = width(o.n-c);
        float* out = o.B + c*o.K + o.k*w;
        if (w == NT) Vec<NT>::store(out, value(Vec<NT>{}, c));
        else for (L j = 0; j < w; j += VL) X::store(out + j, value(X{}, c+j));
    }
}

template<class F> static inline void spread(const Place& o, F value) {
    float a = o.a, b = o.b;
    if (o.norm) values(o, [&](auto type, L c)
        { return decltype(type)::positive(a*value(type, c) + b); });
    else values(o, value);
}

// as they are; the last vector comes from `line`, since it would leave the plane
static void copied(const float* row, L plane, float* line, const Place& o) {
    L even = o.n/VL*VL;
    std::copy(row+even, row+o.n, line);
    spread(o, [&](auto type, L c) {
        __builtin_prefetch(row+c+plane);
        return decltype(type)::load(c+VL <= o.n ? row+c : line+(c-even));
    });
}

// == Shifted on the way

// tables of the columns that are inside: all bits or none, for n columns, counted row by
// row
struct Columns {
    L W = 0, OW = 0, s = 0, n = 0;
    std::vector<std::vector<int32_t>> tables;
    void fit(L w, L ow, L stride, L length) {
        if (w == W && ow == OW && stride == s && length <= n) return;
        W = w, OW = ow, s = stride, n = length;
        tables.assign(2*W+3, {});
    }
    const int32_t* at(L b) {    // columns moved by b, from -W-1 to W+1
        auto& t = tables[b+W+1];
        if (t.empty()) {
            t.resize(n);
            for (L j = 0; j < n; j++) { L q = j%OW*s + b; t[j] = q >= 0 && q < W ? -1 : 0; }
        }
        return t.data();
    }
};

// whole parts of the shift, weights of the upper and lower two corners
struct Square { L a, b; float t0, t1, u0, u1; };

static inline Square square(float dy, float dx, L H, L W, L reach) {
    float fy = std::floor(dy), fx = std::floor(dx), da = dy-fy, db = dx-fx, r = reach;
    // rounded: a whole shift, which reads one row
    if (da == 1) fy++, da = 0;
    if (db == 1) fx++, db = 0;
    L a = std::clamp(fy, -r, r-1), b = std::clamp(fx, -r, r-1);
    return {std::clamp(a, -H-1, H), std::clamp(b, -W-1, W), (1-da)*(1-db), (1-da)*db,
        da*(1-db), da*db};
}

static void shifted(const float* t, L W, L plane, const Square& q, const int32_t* m0,
    const int32_t* m1, const Place& o) {
    const float *u = t + W, t0 = q.t0, t1 = q.t1, u0 = q.u0, u1 = q.u1;
    // what has no weight is not read: it may be no number
    const bool rows = u0 != 0 || u1 != 0, cols = t1 != 0 || u1 != 0;
    auto with = [&](auto mix) { spread(o, [&](auto type, L c) {
        __builtin_prefetch(u+c+plane);
        return mix(type, c);
    }); };
    if (rows && cols) with([&](auto type, L c) {
        typedef decltype(type) T;
        return T::only(t0*T::load(t+c) + u0*T::load(u+c), T::load(m0+c))
            + T::only(t1*T::load(t+c+1) + u1*T::load(u+c+1), T::load(m1+c));
    });
    else if (rows) with([&](auto type, L c)
        { typedef decltype(type) T;
        return T::only(t0*T::load(t+c) + u0*T::load(u+c), T::load(m0+c)); });
    else if (cols) with([&](auto type, L c)
        { typedef decltype(type) T; return T::only(t0*T::load(t+c), T::load(m0+c))
        + T::only(t1*T::load(t+c+1), T::load(m1+c)); });
    else with([&](auto type, L c)
        { typedef decltype(type) T; return T::only(t0*T::load(t+c), T::load(m0+c)); });
}

// one row at a stride; S is the stride if it is known beforehand. It may write up to VL-1
// values more
template<int S>
static void strided(const float* t, L W, L s, const Square& q, const int32_t* m0,
    const int32_t* m1, L n, float* out) {
    if (S) s = S;
    const float* u = t + W;
    n = (n+VL-1)/VL*VL;
    if (q.u0 == 0 && q.u1 == 0) for (L j = 0; j < n; j++) {
        float v = q.t0*t[j*s], w = q.t1 == 0 ? 0.f : q.t1*t[j*s+1];
        out[j] = (m0[j] ? v : 0.f) + (m1[j] ? w : 0.f);
    }
    else for (L j = 0; j < n; j++) {
        float v = q.t0*t[j*s] + q.u0*u[j*s], w = q.t1 == 0 && q.u1 == 0 ? 0.f
            : q.t1*t[j*s+1] + q.u1*u[j*s+1];
        out[j] = (m0[j] ? v : 0.f) + (m1[j] ? w : 0.f);
    }
}

// == A block of columns

struct Rows {
    // plane, image: floats from one to the next
    const float *x; L K, H, W, plane, image;
    L OW, stride;
    const float *a, *b, *shift; L reach;                        // norm and shift, if any
};

static void pack(const Rows& r, L n, L p, L cols, float* B, L K, L k0) {
    static thread_local std::vector<float> line_;
    static thread_local Columns columns;
    L s = r.stride;
    if ((L)line_.size() < cols+2*NR) line_.resize(cols+2*NR);
    float* line = line_.data();
    if (r.shift) columns.fit(r.W, r.OW, s, cols + r.OW + 2*NR);
    for (L k = 0; k < r.K; k++) {
        const float* x = r.x + n*r.image + k*r.plane;
        Place o{B, K, k0+k, cols, r.a != nullptr, r.a ? r.a[k] : 1.f, r.a ? r.b[k] : 0.f};
        Square q{};
        const int32_t *m0 = nullptr, *m1 = nullptr;
        if (r.shift) q = square(r.shift[k], r.shift[r.K+k], r.H, r.W, r.reach),
            m0 = columns.at(q.b), m1 = columns.at(q.b+1);
        if (s == 1) {
            if (r.shift) shifted(x + p + q.a*r.W + q.b, r.W, r.plane, q, m0 + p%r.W,
                m1 + p%r.W, o);
            else copied(x + p, r.plane, line, o);
            continue;
        }
        for (L at = 0, i = p/r.OW, j = p%r.OW, e; at < cols; at += e, i++, j = 0) {
            e = std::min(r.OW-j, cols-at);
            const float* t = x + (i*s+q.a)*r.W + j*s + q.b;
            for (L z = 0; z < e*s; z += 16) __builtin_prefetch(t+r.plane+z),
                __builtin_prefetch(t+r.plane+r.W+z);
            if (r.shift) (s==2 ? strided<2> : strided<0>)(t, r.W, s, q, m0+j, m1+j, e,
                line+at);
            else for (L l = 0; l < e; l++) line[at+l] = t[l*s];
        }
        spread(o, [&](auto type, L c) { return decltype(type)::load(line+c); });
    }
}

// == A whole block, and what Python calls; struct Plan is put before this part

struct Product { Rows rows[2]; L parts, M, height, images, pixels, block; const float* A;
    Result result; L image; };

static void run(const Product& d, L threads) {
    L K = d.rows[0].K + (d.parts > 1 ? d.rows[1].K : 0),
        blocks = (d.pixels+d.block-1)/d.block;
    each(d.images*blocks, threads, [&](L first, L last) { for (L u = first; u < last; u++) {
        const L n = u/blocks, j = u%blocks;
        static thread_local std::vector<float> store;
        L p = j*d.block, cols = std::min(d.block, d.pixels-p), size = K*(cols+NR) + 16;
        if ((L)store.size() < size) store.resize(size);
        float* B = (float*)(((uintptr_t)store.data()+63)/64*64);
        for (L i = 0; i < d.parts; i++)
            pack(d.rows[i], n, p, cols, B, K, i ? d.rows[0].K : 0);
        Result r = d.result;
        r.C += n*d.image + p;
        if (r.add) r.add += n*d.image + p;
        switch (d.height) {
            case 8: product<8>(d.M, K, cols, d.A, B, r); break;
            case 10: product<10>(d.M, K, cols, d.A, B, r); break;
            default: product<14>(d.M, K, cols, d.A, B, r);
        }
    } });
}

// y: room for the map between the products, `guard` zeros, then planes `pitch` floats apart
static void whole(const float* x, const float* packed, float* y, float* out, const Plan* d)
    {
    L c = d->c, m = d->m, H = d->H, W = d->W, s = d->stride, P = H*W, OW = (W+s-1)/s,
        OP = (H+s-1)/s*OW, image = d->guard + m*d->pitch;
    auto take = [&](L size) { const float* got = packed; packed += size; return got; };
    const float *a1 = take(c), *b1 = take(c), *c1 = take(m), *a2 = take(m), *b2 = take(m),
        *shift = take(2*m);
    const float *w1 = take((m+d->height1-1)/d->height1*d->height1*c), *w2 = packed;
    each(d->images*(m+1), d->threads, [&](L first, L last)
        { for (L u = first; u < last; u++) {
        const L i = u/(m+1), k = u%(m+1);
        // of the zeros before plane k
        float* end = y + i*image + d->guard + k*d->pitch;
        std::fill(k ? end - (d->pitch-P) : end - d->guard, end, 0.f);
    } });
    y += d->guard;
    Product one{}, two{};
    one.rows[0] = {x, c, H, W, P, c*P, W, 1, a1, b1, nullptr, 0};
    one.parts = 1, one.M = m, one.height = d->height1, one.images = d->images,
        one.pixels = P, one.block = d->block1, one.A = w1;
    one.result = {y, nullptr, d->pitch, c1, !d->late}, one.image = image;
    run(one, d->threads);
    two.rows[0] = {y, m, H, W, d->pitch, image, OW, s, d->late ? a2 : nullptr, b2, d->moves
        ? shift : nullptr, d->reach};
    two.rows[1] = {x, c, H, W, P, c*P, OW, s, a1, b1, nullptr, 0};
    two.parts = 1+d->skip, two.M = d->o, two.height = d->height2, two.images = d->images,
        two.pixels = OP, two.block = d->block2, two.A = w2;
    two.result = {out, d->add ? x : nullptr, OP, nullptr, false}, two.image = d->o*OP;
    run(two, d->threads);
}

extern "C" L block(const float* x, const float* packed, float* y, float* out, const Plan* d)
    {
    return guarded([&] { whole(x, packed, y, out, d); return L(0); });
}
