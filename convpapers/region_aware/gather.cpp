// Each pixel times the filter of its region, forward and backward. SIMD and EACH of
// convpapers.lab.native are put before this text, and the vectors of lanes.cpp.

// How far it is to the next sample, group, channel and pixel of a map
struct Map { L n, g, c, u; };
struct Shape { L N, G, C, O, m, pixels, threads; Map x, y, dx; };

template <class T> constexpr L WIDTH = 2*lanes<T>();            // columns of a strip
constexpr int MOST = BYTES==64 ? 12 : 6;                        // rows of a block
template <class T> L up(L n) { return (n+WIDTH<T>-1)/WIDTH<T>*WIDTH<T>; }

// inner loop: P rows of `a` times a strip of `b`, summed over k
template <class T, int P> struct Block {
    V<T> sum[P][2];
    void product(const T* a, L row, L step, const T* b, L line, L depth) {
        V<T> r[P][2] = {};                                      // stay in registers
        for (L k=0; k<depth; k++, a+=step, b+=line) {
            const V<T> left = load(b), right = load(b+lanes<T>());
            UNROLL for (int p=0; p<P; p++) {
                r[p][0] += a[p*row]*left;
                r[p][1] += a[p*row]*right;
            }
        }
        UNROLL for (int p=0; p<P; p++) { sum[p][0] = r[p][0]; sum[p][1] = r[p][1]; }
    }
    void write(int p, T* to) const {
        store(to, sum[p][0]); store(to+lanes<T>(), sum[p][1]);
    }
};
// end of the inner loop

// f(block, i) for the rows first … end-1, MOST at a time; the last block has what is left
template <class T, int P, class F> void rest(int p, L i, F& f) {
    if (p==P) { Block<T,P> b; f(b, i, std::integral_constant<int,P>{}); }
    else if constexpr (P>1) rest<T,P-1>(p, i, f);
}
template <class T, class F> void blocks(L first, L end, F f) {
    for (L i=first; i<end; i+=MOST) rest<T,MOST>(int(std::min(L(MOST), end-i)), i, f);
}

// The region of each pixel: the largest guide, the first of equals; what is no number is
// larger than any, as in PyTorch
template <class T> void choose(const T* guide, int32_t* region, const Shape& s) {
    std::vector<T> best(guide, guide+s.pixels);
    std::fill(region, region+s.pixels, 0);
    for (L j=1; j<s.m; j++) for (L u=0; u<s.pixels; u++) {
        const T v = guide[j*s.pixels+u], b = best[u];
        const bool more = !(v<=b) & (b==b);
        best[u] = more ? v : b;
        region[u] = more ? int32_t(j) : region[u];
    }
}

// Sorting by counting: begins[j] is the place of the first pixel of region j, and place[u]
// that of pixel u
struct Order {
    std::vector<L> begins; std::vector<int32_t> place;
    Order(const int32_t* region, const Shape& s): begins(s.m+1), place(s.pixels) {
        for (L u=0; u<s.pixels; u++) begins[region[u]+1]++;
        for (L j=0; j<s.m; j++) begins[j+1] += begins[j];
        std::vector<L> next(begins);
        for (L u=0; u<s.pixels; u++) place[u] = int32_t(next[region[u]]++);
    }
};

// As many vectors as one has lanes, as the rows of a matrix: rows become columns. Lane q of
// row i and lane i of row q change places bit by bit.
template <class T, int H, bool HIGH, int... Q>
inline V<T> pick(V<T> a, V<T> b, std::integer_sequence<int, Q...>) {
    constexpr int N = lanes<T>();
    return __builtin_shufflevector(a, b, ((Q&H)!=0 ? N+Q-(HIGH ? 0 : H) : Q+HIGH*H)...);
}
template <class T, int H> inline void turn(V<T>* r) {
    constexpr int N = lanes<T>();
    if constexpr (H<N) {
        const auto each_lane = std::make_integer_sequence<int, N>();
        UNROLL for (int i=0; i<N; i++) if (!(i&H)) {
            const V<T> a = r[i], b = r[i+H];
            r[i] = pick<T,H,false>(a, b, each_lane);
            r[i+H] = pick<T,H,true>(a, b, each_lane);
        }
        turn<T,2*H>(r);
    }
}

// A map to sorted pixels, `width` numbers apart, and back; in planes a square of channels
// and pixels at a time
template <class T> void sorted(const T* x, const Map& at, L channels, T* rows, L width,
        const Order& o) {
    constexpr L N = lanes<T>();
    const L pixels = o.place.size();
    for (L c0=0; c0<channels; c0+=N) {
        const L n = std::min(N, channels-c0);
        L u = 0;
        if (n==N && at.u==1) for (V<T> r[N]; u+N<=pixels; u+=N) {
            UNROLL for (int c=0; c<N; c++) r[c] = load(x+(c0+c)*at.c+u);
            turn<T,1>(r);
            UNROLL for (int i=0; i<N; i++) store(rows+o.place[u+i]*width+c0, r[i]);
        }
        for (; u<pixels; u++) for (L c=0; c<n; c++)
            rows[o.place[u]*width+c0+c] = x[(c0+c)*at.c+u*at.u];
    }
}
template <class T> void unsorted(const T* rows, L width, L channels, T* y, const Map& at,
        const Order& o) {
    constexpr L N = lanes<T>();
    const L pixels = o.place.size();
    for (L c0=0; c0<channels; c0+=N) {
        const L n = std::min(N, channels-c0);
        L u = 0;
        if (n==N && at.u==1) for (V<T> r[N]; u+N<=pixels; u+=N) {
            UNROLL for (int i=0; i<N; i++) r[i] = load(rows+o.place[u+i]*width+c0);
            turn<T,1>(r);
            UNROLL for (int c=0; c<N; c++) store(y+(c0+c)*at.c+u, r[c]);
        }
        for (; u<pixels; u++) for (L c=0; c<n; c++)
            y[(c0+c)*at.c+u*at.u] = rows[o.place[u]*width+c0+c];
    }
}

// A matrix in strips of WIDTH columns, zeros where it ends
template <class T> void strips(const T* w, L row, L column, L depth, L columns, T* out) {
    for (L c0=0; c0<columns; c0+=WIDTH<T>) for (L k=0; k<depth; k++, out+=WIDTH<T>) {
        const L n = std::min(WIDTH<T>, columns-c0);
        const T* from = w+k*row+c0*column;
        for (L c=0; c<n; c++) out[c] = from[c*column];
        for (L c=n; c<WIDTH<T>; c++) out[c] = 0;
    }
}

template <class T> L forward(const T* x, const T* w, const T* guide, int32_t* region, T* y,
        const Shape& s) {
    each(s.N, s.threads, [&](L first, L last) {
        const L Cp = up<T>(s.C), Op = up<T>(s.O);
        std::vector<T> in(s.pixels*Cp), out(s.pixels*Op), filter(s.C*Op);
        for (L n=first; n<last; n++) {
            choose(guide+n*s.m*s.pixels, region+n*s.pixels, s);
            const Order o(region+n*s.pixels, s);
            for (L g=0; g<s.G; g++) {
                sorted(x+n*s.x.n+g*s.x.g, s.x, s.C, in.data(), Cp, o);
                for (L j=0; j<s.m; j++) {
                    if (o.begins[j]==o.begins[j+1]) continue;
                    strips(w+((n*s.G+g)*s.m+j)*s.O*s.C, L(1), s.C, s.C, s.O,
                        filter.data());
                    for (L c=0; c<Op; c+=WIDTH<T>)
                        blocks<T>(o.begins[j], o.begins[j+1], [&](auto& b, L i, auto P) {
                            b.product(in.data()+i*Cp, Cp, L(1), filter.data()+c*s.C,
                                WIDTH<T>, s.C);
                            UNROLL for (int p=0; p<P; p++)
                                b.write(p, out.data()+(i+p)*Op+c);
                        });
                }
                unsorted(out.data(), Op, s.O, y+n*s.y.n+g*s.y.g, s.y, o);
            }
        }
    });
    return 0;
}

// The gradient of one filter: the pixels a … e-1 of its region, summed
template <class T> void filters(const T* in, const T* back, L a, L e, T* dw,
        const Shape& s) {
    const L Cp = up<T>(s.C);
    for (L c=0; c<Cp; c+=WIDTH<T>) blocks<T>(0, s.O, [&](auto& b, L i, auto P) {
        b.product(back+a*s.O+i, L(1), s.O, in+a*Cp+c, Cp, e-a);
        UNROLL for (int p=0; p<P; p++) {
            T* to = dw+(i+p)*s.C+c;
            if (c+WIDTH<T><=s.C) b.write(p, to);
            else for (L q=0; c+q<s.C; q++) to[q] = b.sum[p][q/lanes<T>()][q%lanes<T>()];
        }
    });
}

// What comes back through one filter. It is kept for the pixels a … e-1 of its region, if
// `made` is given; if `dots` is, all pixels say how much it agrees with their input.
template <class T> void inputs(const T* in, const T* back, const T* filter, L a, L e,
        T* made, T* dots, const Shape& s) {
    const L Cp = up<T>(s.C);
    const auto part = [&](L first, L end, bool keep) {
        blocks<T>(first, end, [&](auto& b, L i, auto P) {
            V<T> dot[P];
            UNROLL for (int p=0; p<P; p++) dot[p] = V<T>{};
            for (L c=0; c<Cp; c+=WIDTH<T>) {
                b.product(back+i*s.O, s.O, L(1), filter+c*s.O, WIDTH<T>, s.O);
                UNROLL for (int p=0; p<P; p++) {
                    const T* x = in+(i+p)*Cp+c;
                    dot[p] += b.sum[p][0]*load(x)+b.sum[p][1]*load(x+lanes<T>());
                    if (keep) b.write(p, made+(i+p)*Cp+c);
                }
            }
            if (dots) UNROLL for (int p=0; p<P; p++) {
                T sum = 0;
                UNROLL for (int q=0; q<lanes<T>(); q++) sum += dot[p][q];
                dots[i+p] = sum;
            }
        });
    };
    if (dots) part(0, a, false);
    part(a, e, made!=nullptr);
    if (dots) part(e, s.pixels, false);
}

// The softmax's gradient: p times what is above the mean
template <class T> void softened(const T* p, const T* agree, std::vector<T>& mean,
        T* dguide, const Shape& s) {
    std::fill(mean.begin(), mean.end(), T(0));
    for (L j=0; j<s.m; j++) for (L u=0; u<s.pixels; u++)
        mean[u] += p[j*s.pixels+u]*agree[j*s.pixels+u];
    for (L j=0; j<s.m; j++) for (L u=0; u<s.pixels; u++)
        dguide[j*s.pixels+u] = p[j*s.pixels+u]*(agree[j*s.pixels+u]-mean[u]);
}

// dx, dw and dguide where they are wanted, else null; p is the softmax of the guide
template <class T> L backward(const T* x, const T* w, const int32_t* region, const T* p,
        const T* dy, T* dx, T* dw, T* dguide, const Shape& s) {
    each(s.N, s.threads, [&](L first, L last) {
        const L Cp = up<T>(s.C), some = dguide ? s.pixels : 0;
        std::vector<T> in(s.pixels*Cp), back(s.pixels*s.O), made(dx ? s.pixels*Cp : 0),
            filter(s.O*Cp), dots(some), agree(some*s.m), mean(some);
        for (L n=first; n<last; n++) {
            const Order o(region+n*s.pixels, s);
            std::fill(agree.begin(), agree.end(), T(0));
            for (L g=0; g<s.G; g++) {
                const L at = n*s.G+g;
                sorted(x+n*s.x.n+g*s.x.g, s.x, s.C, in.data(), Cp, o);
                sorted(dy+n*s.y.n+g*s.y.g, s.y, s.O, back.data(), s.O, o);
                for (L j=0; j<s.m; j++) {
                    const L a = o.begins[j], e = o.begins[j+1], f = (at*s.m+j)*s.O*s.C;
                    if (dw) filters(in.data(), back.data(), a, e, dw+f, s);
                    if (!dguide && (!dx || a==e)) continue;
                    strips(w+f, s.C, L(1), s.O, s.C, filter.data());
                    inputs(in.data(), back.data(), filter.data(), a, e,
                        dx ? made.data() : nullptr, dguide ? dots.data() : nullptr, s);
                    for (L u=0; u<some; u++) agree[j*some+u] += dots[o.place[u]];
                }
                if (dx) unsorted(made.data(), Cp, s.C, dx+n*s.dx.n+g*s.dx.g, s.dx, o);
            }
            if (dguide) softened(p+n*s.m*some, agree.data(), mean, dguide+n*s.m*some, s);
        }
    });
    return 0;
}

extern "C" L gather_f32(const float* x, const float* w, const float* guide,
        int32_t* region, float* y, const L* z) {
    return guarded([&] { return forward(x, w, guide, region, y, *(const Shape*)z); });
}
extern "C" L gather_f64(const double* x, const double* w, const double* guide,
        int32_t* region, double* y, const L* z) {
    return guarded([&] { return forward(x, w, guide, region, y, *(const Shape*)z); });
}
extern "C" L gather_back_f32(const float* x, const float* w, const int32_t* region,
        const float* p, const float* dy, float* dx, float* dw, float* dguide, const L* z) {
    return guarded([&] {
        return backward(x, w, region, p, dy, dx, dw, dguide, *(const Shape*)z); });
}
extern "C" L gather_back_f64(const double* x, const double* w, const int32_t* region,
        const double* p, const double* dy, double* dx, double* dw, double* dguide,
        const L* z) {
    return guarded([&] {
        return backward(x, w, region, p, dy, dx, dw, dguide, *(const Shape*)z); });
}
