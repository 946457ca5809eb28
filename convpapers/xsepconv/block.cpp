// The three stages of XSepConv as one stream of rows, forward and backward.
// The shared head (vectors, threads; see convpapers.lab.native) is put before this text.

// == The 2 x 2

// One row: u and d are the upper and the lower row that it reads, su and sd the steps from
// pixel to pixel, dx is 0 or -1
template <class T, bool PART>
void even_row(const T* u, L su, const T* d, L sd, L dx, const T* w, V<T> bias, T* line, L W,
    L some, L act) {
    const L n = lanes<T>();
    const V<T> w0 = load(w), w1 = load(w+n), w2 = load(w+2*n), w3 = load(w+3*n);
    auto get = [&](const T* p) { if constexpr (PART) return load(p, some);
        else return load(p); };
    V<T> a{}, b{};                                             // left of the first output
    if (dx==0) { a = get(u); b = get(d); }
    u += (1+dx)*su; d += (1+dx)*sd;
    L j = 0;
    // two at a time: what is on the right now is on the left next
    for (; j+2<=W-(1+dx); j+=2) {
        const V<T> e = get(u+j*su), f = get(d+j*sd), g = get(u+(j+1)*su),
            h = get(d+(j+1)*sd);
        V<T> v[2] = {bias+w0*a+w2*b+(w1*e+w3*f), bias+w0*e+w2*f+(w1*g+w3*h)};
        activate<T,2>(v, act);
        store(line+j*n, v[0]); store(line+(j+1)*n, v[1]);
        a = g; b = h;
    }
    for (; j<W-(1+dx); j++) {
        const V<T> e = get(u+j*su), f = get(d+j*sd);
        V<T> v = bias+w0*a+w2*b+(w1*e+w3*f);
        activate<T,1>(&v, act);
        store(line+j*n, v);
        a = e; b = f;
    }
    // nothing on the right of the last one
    if (j<W) {
        V<T> v = bias+w0*a+w2*b;
        activate<T,1>(&v, act);
        store(line+j*n, v);
    }
}
// without a 2 x 2
template <class T> void copy_row(const T* x, L step, T* line, L W, L some) {
    for (L j=0; j<W; j++) store(line+j*lanes<T>(), load(x+j*step, some));
}

// == The 1 x k

// P outputs of the 1 x k; K is k where it is known and stride and dilation are 1, else 0
template <class T, int K, int P>
inline void horizontal(const T* line, const T* w, V<T> bias, T* out, L k, L s, L d, L act) {
    const L n = lanes<T>();
    V<T> sum[P];
    UNROLL for (int p=0; p<P; p++) sum[p] = bias;
    if constexpr (K>0) {
        V<T> taps[K];
        UNROLL for (int t=0; t<K; t++) taps[t] = load(w+t*n);
        UNROLL for (int q=0; q<K+P-1; q++) {
            const V<T> v = load(line+q*n);
            UNROLL for (int p=0; p<P; p++) if (q>=p && q-p<K) sum[p] += taps[q-p]*v;
        }
    } else for (L t=0; t<k; t++) {
        const V<T> tap = load(w+t*n);
        UNROLL for (int p=0; p<P; p++) sum[p] += tap*load(line+(p*s+t*d)*n);
    }
    activate<T,P>(sum, act);
    UNROLL for (int p=0; p<P; p++) store(out+p*n, sum[p]);
}
template <class T, int K>
void horizontal_row(const T* line, const T* w, V<T> bias, T* out, L Wo, L k, L s, L d,
    L act) {
    const L n = lanes<T>();
    L j = 0;
    for (; j+8<=Wo; j+=8) horizontal<T,K,8>(line+j*s*n, w, bias, out+j*n, k, s, d, act);
    if (j+4<=Wo) { horizontal<T,K,4>(line+j*s*n, w, bias, out+j*n, k, s, d, act); j += 4; }
    if (j+2<=Wo) { horizontal<T,K,2>(line+j*s*n, w, bias, out+j*n, k, s, d, act); j += 2; }
    if (j<Wo) horizontal<T,K,1>(line+j*s*n, w, bias, out+j*n, k, s, d, act);
}

// == The k x 1

// R rows of P outputs of the k x 1; rows[t] is null outside the map
template <class T, int K, int R, int P>
inline void vertical(const T* const* rows, L at, const T* w, V<T> bias, T* y, L row,
    L pixel, L some, L k, L d, L act) {
    const L n = lanes<T>();
    V<T> sum[R*P];
    UNROLL for (int i=0; i<R*P; i++) sum[i] = bias;
    if constexpr (K>0) {
        V<T> taps[K];
        UNROLL for (int t=0; t<K; t++) taps[t] = load(w+t*n);
        UNROLL for (int q=0; q<K+R-1; q++) if (rows[q]) {
            UNROLL for (int p=0; p<P; p++) {
                const V<T> v = load(rows[q]+at+p*n);
                UNROLL for (int r=0; r<R; r++) if (q>=r && q-r<K) sum[r*P+p] += taps[q-r]*v;
            }
        }
    } else for (L t=0; t<k; t++) if (rows[t*d]) {
        const V<T> tap = load(w+t*n);
        UNROLL for (int p=0; p<P; p++) sum[p] += tap*load(rows[t*d]+at+p*n);
    }
    activate<T,R*P>(sum, act);
    if (some==n) { UNROLL for (int r=0; r<R; r++) UNROLL
        for (int p=0; p<P; p++) store(y+r*row+p*pixel, sum[r*P+p]); }
    else { UNROLL for (int r=0; r<R; r++) UNROLL
        for (int p=0; p<P; p++) store(y+r*row+p*pixel, sum[r*P+p], some); }
}
template <class T, int K, int R>
void vertical_rows(const T* const* rows, const T* w, V<T> bias, T* y, L row, L pixel, L Wo,
    L some, L k, L d, L act) {
    const L n = lanes<T>();
    const int P = R>1 ? 2 : 8;
    L j = 0;
    for (; j+P<=Wo; j+=P) vertical<T,K,R,P>(rows, j*n, w, bias, y+j*pixel, row, pixel, some,
        k, d, act);
    for (; j<Wo; j++) vertical<T,K,R,1>(rows, j*n, w, bias, y+j*pixel, row, pixel, some, k,
        d, act);
}

// == Vectors of one direction

struct Shape { L N, C, H, W, Ho, Wo, k, sh, sw, ph, pw, dh, dw, direction, act, last,
    threads; };
// channels c...c+some-1 read from (dy, dx) on
struct Block { L c, some, dy, dx; };

template <class T> std::vector<Block> blocks(const Shape& s) {
    // br tl tr bl; groups are br tl bl tr
    static const L DY[] = {0,-1,-1,0}, DX[] = {0,-1,0,-1}, GROUP[] = {0,1,3,2};
    std::vector<Block> out;
    const L groups = s.direction==4 ? 4 : 1;
    for (L g=0, c=0; g<groups; g++) {
        const L way = groups==4 ? GROUP[g] : s.direction, end = c+s.C/groups+(g<s.C%groups);
        for (; c<end; c=std::min(end, c+lanes<T>()))
            out.push_back({c, std::min(lanes<T>(), end-c), DY[way], DX[way]});
    }
    return out;
}
template <class T> void pack(const T* w, Block b, L taps, T* out) {
    for (L t=0; t<taps; t++) for (L i=0; i<lanes<T>(); i++) out[t*lanes<T>()+i] = i<b.some
        ? w[(b.c+i)*taps+t] : T(0);
}
template <class T>
V<T> bias_of(const T* bias, Block b) { return bias ? load(bias+b.c, b.some) : V<T>{}; }
template <class T> T* aligned(std::vector<T>& buffer, L size) {
    buffer.resize(std::max(L(buffer.size()), size+64));
    return (T*)((uintptr_t(buffer.data())+63)/64*64);
}

// == The stream of rows

template <class T>
struct Weights { const T *even, *horizontal, *vertical, *bias0, *bias1, *bias2; };

// Row i of the intermediate map b, from x
template <class T, int K>
void row_of_b(const T* x, L i, const Shape& s, Block b, const T* w, const Weights<T>& m,
    const T* zeros, T* line, T* out) {
    const L n = lanes<T>(), step = s.W*s.C;
    const T* at = x+i*step+b.c;
    if (m.even) {
        const bool up = i+b.dy>=0, down = i+b.dy+1<s.H;
        const T *u = up ? at+b.dy*step : zeros, *d = down ? at+(b.dy+1)*step : zeros;
        auto f = b.some==n ? even_row<T,false> : even_row<T,true>;
        f(u, up ? s.C : 0, d, down ? s.C : 0, b.dx, w, bias_of(m.bias0, b), line+s.pw*n,
            s.W, b.some, s.act);
    } else copy_row(at, s.C, line+s.pw*n, s.W, b.some);
    horizontal_row<T,K>(line, w+4*n, bias_of(m.bias1, b), out, s.Wo, s.k, s.sw, s.dw,
        s.act);
}

// Rows o0...o1-1 of the output of one picture for `many` blocks of channels
template <class T, int K>
void stream(const T* x, const Weights<T>& m, T* y, const Shape& s, const Block* block,
    L many, L o0, L o1, std::vector<T>& buffer) {
    const L n = lanes<T>(), reach = (s.k-1)*s.dh, taps = 4+2*s.k, wide = s.W+2*s.pw;
    const int R = K>0 ? 4 : 1;
    const L ring = std::min(reach+R, s.H);
    T *zeros = aligned(buffer, n*(1+many*(taps+ring*s.Wo)+wide)), *weights = zeros+n,
        *line = weights+many*taps*n, *slots = line+wide*n;
    std::fill(zeros, zeros+n, T(0));
    std::fill(line, line+wide*n, T(0));
    for (L v=0; v<many; v++) {
        T* w = weights+v*taps*n;
        if (m.even) pack(m.even, block[v], 4, w);
        pack(m.horizontal, block[v], s.k, w+4*n);
        pack(m.vertical, block[v], s.k, w+(4+s.k)*n);
    }
    std::vector<const T*> rows(reach+R);
    L next = std::max(L(0), o0*s.sh-s.ph);
    for (L o=o0, r; o<o1; o+=r) {
        r = o1-o>=R ? R : 1;
        const L top = o*s.sh-s.ph, bottom = std::min(s.H-1, (o+r-1)*s.sh-s.ph+reach);
        for (; next<=bottom; next++) for (L v=0; v<many; v++)
            row_of_b<T,K>(x, next, s, block[v], weights+v*taps*n, m, zeros, line,
                slots+(v*ring+next%ring)*s.Wo*n);
        for (L v=0; v<many; v++) {
            for (L t=0; t<=reach+r-1; t++) { const L i = top+t;
                rows[t] = i<0 || i>=s.H ? nullptr : slots+(v*ring+i%ring)*s.Wo*n; }
            auto f = r==1 ? vertical_rows<T,K,1> : vertical_rows<T,K,R>;
            f(rows.data(), weights+(v*taps+4+s.k)*n, bias_of(m.bias2, block[v]),
                y+o*s.Wo*s.C+block[v].c, s.Wo*s.C, s.C, s.Wo, block[v].some, s.k, s.dh,
                s.last);
        }
    }
}

// == Threads, and what Python calls

template <class T, int K>
void forward_k(const T* x, const Weights<T>& m, T* y, const Shape& s) {
    const L AT_ONCE = 2;                                       // vectors of channels
    const std::vector<Block> block = blocks<T>(s);
    const L groups = (L(block.size())+AT_ONCE-1)/AT_ONCE, units = s.N*groups;
    if (!units || s.Ho<=0 || s.Wo<=0) return;
    const L bands = std::max(L(1), std::min(s.Ho, (s.threads>1 ? 2*s.threads : 1)/units));
    each(units*bands, s.threads, [&](L first, L last) {
        std::vector<T> buffer;
        for (L u=first; u<last; u++) {
            const L image = u/(groups*bands), g = u/bands%groups*AT_ONCE, band = u%bands;
            stream<T,K>(x+image*s.H*s.W*s.C, m, y+image*s.Ho*s.Wo*s.C, s, block.data()+g,
                std::min(AT_ONCE, L(block.size())-g),
                s.Ho*band/bands, s.Ho*(band+1)/bands, buffer);
        }
    });
}

template <class T> void forward(const T* x, const T* const* w, T* y, const L* sizes) {
    Shape s;
    std::memcpy(&s, sizes, sizeof(s));
    const Weights<T> m = {w[0], w[1], w[2], w[3], w[4], w[5]};
    if constexpr (sizeof(T)==4) if (s.sh==1 && s.sw==1 && s.dh==1 && s.dw==1) switch (s.k) {
        case 3: return forward_k<T,3>(x, m, y, s);
        case 5: return forward_k<T,5>(x, m, y, s);
        case 7: return forward_k<T,7>(x, m, y, s);
        case 9: return forward_k<T,9>(x, m, y, s);
        case 11: return forward_k<T,11>(x, m, y, s);
    }
    forward_k<T,0>(x, m, y, s);
}

extern "C" {
L xsep_forward_f32(const float* x, const float* const* w, float* y, const L* sizes)
    { return guarded([&] { forward(x, w, y, sizes); return L(0); }); }
L xsep_forward_f64(const double* x, const double* const* w, double* y, const L* sizes)
    { return guarded([&] { forward(x, w, y, sizes); return L(0); }); }
}

// == The stages backward

// Row i of the gradient of b, and what the row gives to the gradient of the k x 1: one read
// of the rows of g serves both
template <class T, int K>
void vertical_back(const T* const* rows, const T* b, const T* w, T* gb, L step, T* gw, L Wo,
    L k) {
    const L n = lanes<T>();
    if constexpr (K>0) {
        const int P = 2;
        V<T> taps[K], total[K];
        UNROLL for (int t=0; t<K; t++) { taps[t] = load(w+t*n); total[t] = V<T>{}; }
        L j = 0;
        for (; j+P<=Wo; j+=P) {
            V<T> sum[P], here[P];
            UNROLL for (int p=0; p<P; p++) { sum[p] = V<T>{}; here[p] = load(b+(j+p)*n); }
            UNROLL for (int t=0; t<K; t++) if (rows[t]) {
                UNROLL for (int p=0; p<P; p++) {
                    const V<T> v = load(rows[t]+(j+p)*n);
                    sum[p] += taps[t]*v;
                    total[t] += here[p]*v;
                }
            }
            UNROLL for (int p=0; p<P; p++) store(gb+(j+p)*step*n, sum[p]);
        }
        for (; j<Wo; j++) {
            V<T> sum{}, here = load(b+j*n);
            UNROLL for (int t=0; t<K; t++) if (rows[t]) {
                const V<T> v = load(rows[t]+j*n);
                sum += taps[t]*v;
                total[t] += here*v;
            }
            store(gb+j*step*n, sum);
        }
        UNROLL for (int t=0; t<K; t++) store(gw+t*n, load(gw+t*n)+total[t]);
    } else {
        for (L j=0; j<Wo; j++) store(gb+j*step*n, V<T>{});
        for (L t=0; t<k; t++) if (rows[t]) {
            const V<T> tap = load(w+t*n);
            V<T> total{}, other{};
            L j = 0;
            for (; j+2<=Wo; j+=2) {
                const V<T> v = load(rows[t]+j*n), u = load(rows[t]+(j+1)*n);
                store(gb+j*step*n, load(gb+j*step*n)+tap*v);
                store(gb+(j+1)*step*n, load(gb+(j+1)*step*n)+tap*u);
                total += load(b+j*n)*v;
                other += load(b+(j+1)*n)*u;
            }
            if (j<Wo) {
                const V<T> v = load(rows[t]+j*n);
                store(gb+j*step*n, load(gb+j*step*n)+tap*v);
                total += load(b+j*n)*v;
            }
            store(gw+t*n, load(gw+t*n)+(total+other));
        }
    }
}

// What a row gives to the gradient of the 1 x k
template <class T, int K, int P>
inline void correlate(const T* line, const T* gb, V<T>* total) {
    const L n = lanes<T>();
    V<T> g[P];
    UNROLL for (int p=0; p<P; p++) g[p] = load(gb+p*n);
    UNROLL for (int q=0; q<K+P-1; q++) {
        const V<T> v = load(line+q*n);
        UNROLL for (int p=0; p<P; p++) if (q>=p && q-p<K) total[q-p] += g[p]*v;
    }
}
template <class T, int K>
void horizontal_back(const T* line, const T* gb, T* gw, L Wo, L k, L s, L d) {
    const L n = lanes<T>();
    if constexpr (K>0) {
        V<T> total[K];
        UNROLL for (int t=0; t<K; t++) total[t] = V<T>{};
        L j = 0;
        for (; j+8<=Wo; j+=8) correlate<T,K,8>(line+j*n, gb+j*n, total);
        for (; j+2<=Wo; j+=2) correlate<T,K,2>(line+j*n, gb+j*n, total);
        if (j<Wo) correlate<T,K,1>(line+j*n, gb+j*n, total);
        UNROLL for (int t=0; t<K; t++) store(gw+t*n, load(gw+t*n)+total[t]);
    } else for (L t=0; t<k; t++) {
        V<T> total[4] = {};
        L j = 0;
        for (; j+4<=Wo; j+=4) UNROLL
            for (int p=0; p<4; p++) total[p]
            += load(gb+(j+p)*s*n)*load(line+((j+p)*s+t*d)*n);
        for (; j<Wo; j++) total[0] += load(gb+j*s*n)*load(line+(j*s+t*d)*n);
        store(gw+t*n, load(gw+t*n)+((total[0]+total[1])+(total[2]+total[3])));
    }
}

// A row of the gradient of x from two rows of that of a, each after one vector of zeros,
// and what it gives to the gradient of the 2 x 2
template <class T, bool PART>
void even_back(const T* now, const T* before, const T* x, T* gx, L step, L dx, const T* w,
    T* gw, L W, L some) {
    const L n = lanes<T>();
    const V<T> w0 = load(w), w1 = load(w+n), w2 = load(w+2*n), w3 = load(w+3*n);
    V<T> t0{}, t1{}, t2{}, t3{};
    now -= dx*n; before -= dx*n;
    V<T> e = load(now), f = load(before);
    for (L j=0; j<W; j++) {
        const V<T> a = load(now+(j+1)*n), b = load(before+(j+1)*n);
        V<T> v;
        if constexpr (PART) v = load(x+j*step, some); else v = load(x+j*step);
        t0 += v*a; t1 += v*e; t2 += v*b; t3 += v*f;
        if (gx) {
            const V<T> out = w0*a+w1*e+(w2*b+w3*f);
            if constexpr (PART) store(gx+j*step, out, some); else store(gx+j*step, out);
        }
        e = a; f = b;
    }
    store(gw, load(gw)+t0); store(gw+n, load(gw+n)+t1); store(gw+2*n, load(gw+2*n)+t2);
        store(gw+3*n, load(gw+3*n)+t3);
}

// == The stream backward

// One picture, one block of channels. gw: gradients of the weights, in the order of w; gx
// may be null
template <class T, int K>
void stream_back(const T* g, const T* x, const T* w, bool even, bool learn, T* gx, T* gw,
    const Shape& s, Block b, std::vector<T>& buffer) {
    const L n = lanes<T>(), reach = (s.k-1)*s.dw, wide = s.W+2*s.pw, step = s.W*s.C;
    const L ring = std::min((s.k-1)*s.dh/s.sh+1, s.Ho);
    const L lo = std::min(L(0), s.pw-reach), hi = std::max((s.Wo-1)*s.sw, s.W-1+s.pw),
        span = hi-lo+1;
    const L size = n*(1+wide+s.Wo+span+3*(s.W+2)+ring*s.Wo);
    T *zeros = aligned(buffer, size), *line = zeros+n, *row = line+wide*n, *gb = row+s.Wo*n,
        *none = gb+span*n, *ga = none+(s.W+2)*n, *slots = ga+2*(s.W+2)*n;
    std::fill(zeros, slots, T(0));
    std::fill(gw, gw+(4+2*s.k)*n, T(0));
    const Weights<T> plain = {even ? w : nullptr, w, w, nullptr, nullptr, nullptr};
    std::vector<const T*> rows(s.k);
    L next = 0;
    for (L i=0; i<=s.H; i++) {
        T* now = i<s.H ? ga+i%2*(s.W+2)*n : none;
        if (i<s.H) {
            for (const L last = std::min(s.Ho-1, (i+s.ph)/s.sh); next<=last; next++)
                copy_row(g+next*s.Wo*s.C+b.c, s.C, slots+next%ring*s.Wo*n, s.Wo, b.some);
            if (learn) row_of_b<T,K>(x, i, s, b, w, plain, zeros, line, row);
            for (L t=0; t<s.k; t++) {
                const L at = i+s.ph-t*s.dh, o = at/s.sh;
                rows[t] = at<0 || at%s.sh || o>=s.Ho ? nullptr : slots+o%ring*s.Wo*n;
            }
            vertical_back<T,K>(rows.data(), row, w+(4+s.k)*n, gb-lo*n, s.sw, gw+(4+s.k)*n,
                s.Wo, s.k);
            if (learn) horizontal_back<T,K>(line, gb-lo*n, gw+4*n, s.Wo, s.k, s.sw, s.dw);
            horizontal_row<T,K>(gb+(s.pw-reach-lo)*n, w+(4+2*s.k)*n, V<T>{}, now+n, s.W,
                s.k, 1, s.dw, NONE);
        }
        if (!even) {
            if (i<s.H && gx) for (L j=0; j<s.W; j++)
                store(gx+i*step+j*s.C+b.c, load(now+(j+1)*n), b.some);
            continue;
        }
        const L y = i+b.dy;
        if (y<0 || y>=s.H) continue;
        const T* before = i>0 ? ga+(i-1)%2*(s.W+2)*n : none;
        auto f = b.some==n ? even_back<T,false> : even_back<T,true>;
        f(now, before, x+y*step+b.c, gx ? gx+y*step+b.c : nullptr, s.C, b.dx, w, gw, s.W,
            b.some);
    }
}

template <class T, int K>
void backward_k(const T* g, const T* x, const T* const* weight, T* gx, T* const* gw,
    const Shape& s) {
    const L n = lanes<T>(), taps = 4+3*s.k, sums = 4+2*s.k;
    const std::vector<Block> block = blocks<T>(s);
    const L many = block.size();
    const bool even = weight[0], learn = gw[0] || gw[1] || gw[2];
    std::vector<T> kept_w, kept_sums;
    T *packed = aligned(kept_w, many*taps*n), *parts = aligned(kept_sums, s.N*many*sums*n);
    for (L v=0; v<many; v++) {
        T* w = packed+v*taps*n;
        if (even) pack(weight[0], block[v], 4, w);
        pack(weight[1], block[v], s.k, w+4*n);
        pack(weight[2], block[v], s.k, w+(4+s.k)*n);
        // the 1 x k, reversed
        for (L t=0; t<s.k; t++) store(w+(4+3*s.k-1-t)*n, load(w+(4+t)*n));
    }
    if (s.Ho>0 && s.Wo>0) each(s.N*many, s.threads, [&](L first, L last) {
        std::vector<T> buffer;
        for (L u=first; u<last; u++) {
            const L image = u/many, v = u%many;
            stream_back<T,K>(g+image*s.Ho*s.Wo*s.C, x+image*s.H*s.W*s.C, packed+v*taps*n,
                even, learn,
                gx ? gx+image*s.H*s.W*s.C : nullptr, parts+u*sums*n, s, block[v], buffer);
        }
    });
    const L from[] = {0, 4, 4+s.k, sums};
    for (L v=0; v<many; v++) for (L t=0; t<sums; t++) {
        V<T> total{};
        for (L image=0; image<s.N; image++) total += load(parts+((image*many+v)*sums+t)*n);
        const L which = t<4 ? 0 : t<4+s.k ? 1 : 2, count = from[which+1]-from[which];
        if (gw[which]) for (L i=0; i<block[v].some; i++)
            gw[which][(block[v].c+i)*count+t-from[which]] = total[i];
    }
}
template <class T>
void backward(const T* g, const T* x, const T* const* weight, T* gx, T* const* gw,
    const L* sizes) {
    Shape s;
    std::memcpy(&s, sizes, sizeof(s));
    if constexpr (sizeof(T)==4) if (s.sh==1 && s.sw==1 && s.dh==1 && s.dw==1) switch (s.k) {
        case 3: return backward_k<T,3>(g, x, weight, gx, gw, s);
        case 5: return backward_k<T,5>(g, x, weight, gx, gw, s);
        case 7: return backward_k<T,7>(g, x, weight, gx, gw, s);
        case 9: return backward_k<T,9>(g, x, weight, gx, gw, s);
        case 11: return backward_k<T,11>(g, x, weight, gx, gw, s);
    }
    backward_k<T,0>(g, x, weight, gx, gw, s);
}
extern "C" {
L xsep_backward_f32(const float* g, const float* x, const float* const* w, float* gx,
    float* const* gw, const L* sizes)
    { return guarded([&] { backward(g, x, w, gx, gw, sizes); return L(0); }); }
L xsep_backward_f64(const double* g, const double* x, const double* const* w, double* gx,
    double* const* gw, const L* sizes)
    { return guarded([&] { backward(g, x, w, gx, gw, sizes); return L(0); }); }
}
