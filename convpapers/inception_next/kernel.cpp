// Inception depthwise convolution: identity, a square, a band along rows and a band along columns, in one pass over
// the map. The page "The layer on the processor" of the chapter explains it. Before this text stand the vectors and
// the threads of convpapers.lab.native, and the loads and stores of convpapers.xsepconv.cpu_kernel.

struct Shape { L N, C, H, W, g, square, band, dh, dw, last, threads; };        // g: channels of a branch
template <class T> struct Kernels { const T* w[3]; const T* b[3]; };           // square, row band, column band
struct Form { L kh, kw, c; };                                                  // taps, first channel

static Form form_of(const Shape& s, int i) {
    const L c = s.C-3*s.g;
    return i==0 ? Form{s.square, s.square, c} : i==1 ? Form{1, s.band, c+s.g} : Form{s.band, 1, c+2*s.g};
}
template <class T> T* aligned(std::vector<T>& buffer, L size) {
    buffer.resize(std::max(L(buffer.size()), size+64));
    return (T*)((uintptr_t(buffer.data())+63)/64*64);
}

// As many lanes as there are channels
template <class T> inline V<T> load_some(const T* p, L some) { return some==lanes<T>() ? load(p) : load(p, some); }
template <class T> inline void store_some(T* p, V<T> v, L some) { if (some==lanes<T>()) store(p, v); else store(p, v, some); }

// ---------------------------------------------------------------------------------------------- channels last

// R x P outputs of one vector of channels. rows[q]: what tap row q reads at the first output, null outside the map;
// step: from pixel to pixel there. KH x KW is known when compiled.
template <class T, int KH, int KW, int R, int P, bool PART>
inline void tile(const T* const* rows, L at, L step, const T* w, V<T> bias, T* y, L row, L pixel, L some) {
    const L n = lanes<T>();
    V<T> sum[R*P], taps[KH*KW];
    UNROLL for (int i=0; i<R*P; i++) sum[i] = bias;
    UNROLL for (int t=0; t<KH*KW; t++) taps[t] = load(w+t*n);
    UNROLL for (int q=0; q<KH+R-1; q++) if (rows[q]) {
        const T* from = rows[q]+at*step;
        UNROLL for (int u=0; u<KW+P-1; u++) {
            V<T> v;
            if constexpr (PART && KW==1) v = load(from+u*step, some); else v = load(from+u*step);
            UNROLL for (int r=0; r<R; r++) if (q>=r && q-r<KH) {
                UNROLL for (int p=0; p<P; p++) if (u>=p && u-p<KW) sum[r*P+p] += taps[(q-r)*KW+u-p]*v;
            }
        }
    }
    UNROLL for (int r=0; r<R; r++) UNROLL for (int p=0; p<P; p++) {
        if constexpr (PART) store(y+r*row+p*pixel, sum[r*P+p], some); else store(y+r*row+p*pixel, sum[r*P+p]);
    }
}
template <class T, int KH, int KW, int R, int P, bool PART>
void tiles(const T* const* rows, L step, const T* w, V<T> bias, T* y, L row, L pixel, L W, L some) {
    L j = 0;
    for (; j+P<=W; j+=P) tile<T,KH,KW,R,P,PART>(rows, j, step, w, bias, y+j*pixel, row, pixel, some);
    if constexpr (P>2) for (; j+2<=W; j+=2) tile<T,KH,KW,R,2,PART>(rows, j, step, w, bias, y+j*pixel, row, pixel, some);
    for (; j<W; j++) tile<T,KH,KW,R,1,PART>(rows, j, step, w, bias, y+j*pixel, row, pixel, some);
}
// The same for any size and dilation, one row
template <class T> void any_tiles(const T* const* rows, L step, const T* w, V<T> bias, T* y, L pixel, L W, L some, Form f, L dw) {
    const L n = lanes<T>();
    for (L j=0; j<W; j++) {
        V<T> sum = bias;
        for (L t=0; t<f.kh; t++) if (rows[t]) for (L u=0; u<f.kw; u++) {
            const T* from = rows[t]+(j+u*dw)*step;
            sum += load(w+(t*f.kw+u)*n)*(f.kw==1 ? load_some(from, some) : load(from));
        }
        store_some(y+j*pixel, sum, some);
    }
}

template <class T> void pack(const T* w, L c, L some, L taps, bool flip, T* out) {
    const L n = lanes<T>();
    for (L t=0; t<taps; t++) for (L i=0; i<n; i++) out[(flip ? taps-1-t : t)*n+i] = i<some ? w[(c+i)*taps+t] : T(0);
}

// A vector of channels of a branch, on its way down a picture
template <class T> struct Walk {
    Form f; L c, some, reach, side, wide, ring, next; const T *w; V<T> bias; T* lines;     // lines: padded rows of the map, where kw > 1
    bool fast;
    // Rows top, top+1... as the taps see them: lines of our own, or the map itself
    void rows_at(const T* x, L i, L count, const Shape& s, const T** rows) {
        const L n = lanes<T>(), step = s.W*s.C;
        const L top = i-reach/2, bottom = std::min(s.H-1, top+reach+count-1);
        if (f.kw>1) for (next=std::max(next, std::max(L(0), top)); next<=bottom; next++) {
            T* line = lines+next%ring*wide*n+side*n;
            const T* from = x+next*step+f.c+c;
            if (some==n) for (L j=0; j<s.W; j++) store(line+j*n, load(from+j*s.C));
            else for (L j=0; j<s.W; j++) store(line+j*n, load(from+j*s.C, some));
        }
        const L d = fast ? 1 : s.dh;
        for (L q=0; q<(f.kh-1)*s.dh/d+1+(fast ? count-1 : 0); q++) {
            const L r = top+q*d;
            rows[q] = r<0 || r>=s.H ? nullptr : f.kw>1 ? lines+r%ring*wide*n : x+r*step+f.c+c;
        }
    }
};

template <class T> std::vector<Walk<T>> walks(const Kernels<T>& m, const Shape& s, bool flip, std::vector<T>& packed) {
    const L n = lanes<T>(), blocks = (s.g+n-1)/n;
    std::vector<Walk<T>> out;
    L size = 0;
    for (int i=0; i<3; i++) size += blocks*form_of(s, i).kh*form_of(s, i).kw*n;
    T* at = aligned(packed, size);
    for (int i=0; i<3; i++) for (L b=0; b<blocks; b++) {
        Walk<T> k{};
        k.f = form_of(s, i); k.c = b*n; k.some = std::min(n, s.g-k.c);
        k.reach = (k.f.kh-1)*s.dh; k.side = (k.f.kw-1)*s.dw/2; k.wide = s.W+2*k.side;
        k.fast = sizeof(T)==4 && s.dh==1 && s.dw==1 && (i==0 ? s.square==3 : s.band==7 || s.band==9 || s.band==11);
        k.ring = std::min(k.reach+4, s.H);
        if (m.w[i]) pack(m.w[i], k.c, k.some, k.f.kh*k.f.kw, flip, at);
        k.w = at; at += k.f.kh*k.f.kw*n;
        k.bias = m.b[i] ? load(m.b[i]+k.c, k.some) : V<T>{};
        out.push_back(k);
    }
    return out;
}
// Room for the lines of the walks, with zeros at both ends of each
template <class T> L give_lines(std::vector<Walk<T>>& ws, std::vector<T>& buffer) {
    const L n = lanes<T>();
    L size = 0, most = 0;
    for (auto& k : ws) { if (k.f.kw>1) size += k.ring*k.wide*n; most = std::max(most, k.reach+k.f.kh+4); }
    T* at = aligned(buffer, size);
    std::fill(at, at+size, T(0));
    for (auto& k : ws) { k.next = 0; if (k.f.kw>1) { k.lines = at; at += k.ring*k.wide*n; } }
    return most;
}

template <class T> void copy_pixels(const T* x, T* y, L W, L C, L some) {
    const L n = lanes<T>(), full = some/n*n;
    if (full==some) for (L j=0; j<W; j++) for (L c=0; c<full; c+=n) store(y+j*C+c, load(x+j*C+c));
    else for (L j=0; j<W; j++) {
        for (L c=0; c<full; c+=n) store(y+j*C+c, load(x+j*C+c));
        store(y+j*C+full, load(x+j*C+full, some-full), some-full);
    }
}

template <class T, bool PART> void branch_rows(Walk<T>& k, const T* const* rows, T* y, const Shape& s, L r) {
    const L n = lanes<T>(), row = s.W*s.C;
    if (k.f.kh>1 && k.f.kw>1) {
        if (r==2) tiles<T,3,3,2,4,PART>(rows, n, k.w, k.bias, y, row, s.C, s.W, k.some);
        else tiles<T,3,3,1,4,PART>(rows, n, k.w, k.bias, y, row, s.C, s.W, k.some);
    } else if (k.f.kw>1) {
        if (s.band==11) tiles<T,1,11,1,8,PART>(rows, n, k.w, k.bias, y, row, s.C, s.W, k.some);
        else if (s.band==9) tiles<T,1,9,1,8,PART>(rows, n, k.w, k.bias, y, row, s.C, s.W, k.some);
        else tiles<T,1,7,1,8,PART>(rows, n, k.w, k.bias, y, row, s.C, s.W, k.some);
    } else if (r==4) {
        if (s.band==11) tiles<T,11,1,4,2,PART>(rows, s.C, k.w, k.bias, y, row, s.C, s.W, k.some);
        else if (s.band==9) tiles<T,9,1,4,2,PART>(rows, s.C, k.w, k.bias, y, row, s.C, s.W, k.some);
        else tiles<T,7,1,4,2,PART>(rows, s.C, k.w, k.bias, y, row, s.C, s.W, k.some);
    } else {
        if (s.band==11) tiles<T,11,1,1,4,PART>(rows, s.C, k.w, k.bias, y, row, s.C, s.W, k.some);
        else if (s.band==9) tiles<T,9,1,1,4,PART>(rows, s.C, k.w, k.bias, y, row, s.C, s.W, k.some);
        else tiles<T,7,1,1,4,PART>(rows, s.C, k.w, k.bias, y, row, s.C, s.W, k.some);
    }
}

template <class T> void forward_last(const T* x, const Kernels<T>& m, T* y, const Shape& s, bool flip) {
    const L n = lanes<T>(), step = s.W*s.C, bands = std::max(L(1), std::min(s.H/8, (s.threads>1 ? 2*s.threads : 1)/s.N));
    std::vector<T> packed;
    const std::vector<Walk<T>> all_walks = walks(m, s, flip, packed);
    each(s.N*bands, s.threads, [&](L first, L last) {
        std::vector<Walk<T>> ws = all_walks;
        std::vector<T> buffer;
        std::vector<const T*> rows(give_lines(ws, buffer));
        for (L u=first; u<last; u++) {
            const T* from = x+u/bands*s.H*step;
            T* to = y+u/bands*s.H*step;
            for (auto& k : ws) k.next = 0;
            for (L i=s.H*(u%bands)/bands, end=s.H*(u%bands+1)/bands; i<end; i+=4) {
                const L r = std::min(L(4), end-i);
                for (L q=0; q<r; q++) copy_pixels(from+(i+q)*step, to+(i+q)*step, s.W, s.C, s.C-3*s.g);
                for (auto& k : ws) {
                    const L most = !k.fast || k.f.kh==1 ? 1 : k.f.kw>1 ? 2 : 4;       // rows of a tile
                    for (L q=0, h; q<r; q+=h) {
                        h = r-q>=most ? most : 1;
                        k.rows_at(from, i+q, h, s, rows.data());
                        T* out = to+(i+q)*step+k.f.c+k.c;
                        if (!k.fast) any_tiles(rows.data(), k.f.kw>1 ? n : s.C, k.w, k.bias, out, s.C, s.W, k.some, k.f, s.dw);
                        else if constexpr (sizeof(T)==4) {
                            if (k.some==n) branch_rows<T,false>(k, rows.data(), out, s, h);
                            else branch_rows<T,true>(k, rows.data(), out, s, h);
                        }
                    }
                }
            }
        }
    });
}

// What R x P values of the gradient give to the weights: each value of the map is read once for all taps
template <class T, int KH, int KW, int R, int P>
inline void gather(const T* const* rows, L at, L step, L some, const T* g, L row, L pixel, V<T>* total, V<T>& bias) {
    V<T> here[R*P];
    UNROLL for (int r=0; r<R; r++) UNROLL for (int p=0; p<P; p++) { here[r*P+p] = load_some(g+r*row+p*pixel, some); bias += here[r*P+p]; }
    UNROLL for (int q=0; q<KH+R-1; q++) if (rows[q]) {
        const T* from = rows[q]+at*step;
        UNROLL for (int u=0; u<KW+P-1; u++) {
            V<T> v;
            if constexpr (KW==1) v = load_some(from+u*step, some); else v = load(from+u*step);
            UNROLL for (int r=0; r<R; r++) if (q>=r && q-r<KH) {
                UNROLL for (int p=0; p<P; p++) if (u>=p && u-p<KW) total[(q-r)*KW+u-p] += here[r*P+p]*v;
            }
        }
    }
}
template <class T, int KH, int KW, int R, int P>
void gather_row(const T* const* rows, L step, L some, const T* g, L row, L pixel, L W, T* sums) {
    const L n = lanes<T>();
    V<T> total[KH*KW] = {}, bias{};
    L j = 0;
    for (; j+P<=W; j+=P) gather<T,KH,KW,R,P>(rows, j, step, some, g+j*pixel, row, pixel, total, bias);
    for (; j<W; j++) gather<T,KH,KW,R,1>(rows, j, step, some, g+j*pixel, row, pixel, total, bias);
    UNROLL for (int t=0; t<KH*KW; t++) store(sums+t*n, load(sums+t*n)+total[t]);
    store(sums+KH*KW*n, load(sums+KH*KW*n)+bias);
}
template <class T> void gather_any(const T* const* rows, L step, L some, const T* g, L pixel, L W, Form f, L dw, T* sums) {
    const L n = lanes<T>();
    for (L t=0; t<f.kh; t++) if (rows[t]) for (L u=0; u<f.kw; u++) {
        V<T> total{};
        for (L j=0; j<W; j++) total += load_some(g+j*pixel, some)*load_some(rows[t]+(j+u*dw)*step, some);
        T* to = sums+(t*f.kw+u)*n;
        store(to, load(to)+total);
    }
    V<T> total{};
    for (L j=0; j<W; j++) total += load_some(g+j*pixel, some);
    T* to = sums+f.kh*f.kw*n;
    store(to, load(to)+total);
}
template <class T> void gather_fast(const Walk<T>& k, const T* const* rows, const T* g, const Shape& s, L r, T* sums) {
    const L n = lanes<T>(), row = s.W*s.C;
    if (k.f.kh>1 && k.f.kw>1) gather_row<T,3,3,1,4>(rows, n, k.some, g, row, s.C, s.W, sums);
    else if (k.f.kw>1) {
        if (s.band==11) gather_row<T,1,11,1,4>(rows, n, k.some, g, row, s.C, s.W, sums);
        else if (s.band==9) gather_row<T,1,9,1,4>(rows, n, k.some, g, row, s.C, s.W, sums);
        else gather_row<T,1,7,1,4>(rows, n, k.some, g, row, s.C, s.W, sums);
    } else if (r==4) {
        if (s.band==11) gather_row<T,11,1,4,1>(rows, s.C, k.some, g, row, s.C, s.W, sums);
        else if (s.band==9) gather_row<T,9,1,4,1>(rows, s.C, k.some, g, row, s.C, s.W, sums);
        else gather_row<T,7,1,4,1>(rows, s.C, k.some, g, row, s.C, s.W, sums);
    } else {
        if (s.band==11) gather_row<T,11,1,1,1>(rows, s.C, k.some, g, row, s.C, s.W, sums);
        else if (s.band==9) gather_row<T,9,1,1,1>(rows, s.C, k.some, g, row, s.C, s.W, sums);
        else gather_row<T,7,1,1,1>(rows, s.C, k.some, g, row, s.C, s.W, sums);
    }
}

// Gradients of the weights and biases; gw[i] or gb[i] may be null
template <class T> void weights_last(const T* g, const T* x, T* const* gw, T* const* gb, const Shape& s) {
    const L n = lanes<T>(), step = s.W*s.C;
    std::vector<T> packed, kept;
    const std::vector<Walk<T>> all_walks = walks(Kernels<T>{}, s, false, packed);
    const L many = all_walks.size(), most = std::max(s.square*s.square, s.band)+1;
    T* parts = aligned(kept, s.N*many*most*n);
    each(s.N, s.threads, [&](L first, L last) {
        std::vector<Walk<T>> ws = all_walks;
        std::vector<T> buffer;
        std::vector<const T*> rows(give_lines(ws, buffer));
        for (L image=first; image<last; image++) {
            T* sums = parts+image*many*most*n;
            std::fill(sums, sums+many*most*n, T(0));
            for (auto& k : ws) k.next = 0;
            for (L i=0; i<s.H; i+=4) for (L v=0; v<many; v++) {
                Walk<T>& k = ws[v];
                const L end = std::min(s.H, i+4), tall = k.fast && k.f.kw==1 && end-i==4 ? 4 : 1;
                for (L q=i; q<end; q+=tall) {
                    k.rows_at(x+image*s.H*step, q, tall, s, rows.data());
                    const T* from = g+image*s.H*step+q*step+k.f.c+k.c;
                    if (!k.fast) gather_any(rows.data(), k.f.kw>1 ? n : s.C, k.some, from, s.C, s.W, k.f, s.dw, sums+v*most*n);
                    else if constexpr (sizeof(T)==4) gather_fast(k, rows.data(), from, s, tall, sums+v*most*n);
                }
            }
        }
    });
    for (L v=0; v<many; v++) {
        const Walk<T>& k = all_walks[v];
        const int which = v/(many/3);
        const L taps = k.f.kh*k.f.kw;
        for (L t=0; t<=taps; t++) {
            V<T> total{};
            for (L image=0; image<s.N; image++) total += load(parts+((image*many+v)*most+t)*n);
            T* to = t==taps ? gb[which] : gw[which];
            if (to) for (L i=0; i<k.some; i++) to[t==taps ? k.c+i : (k.c+i)*taps+t] = total[i];
        }
    }
}

// ---------------------------------------------------------------------------------------------- planes

// A plane with zeros around it, and where each tap of a branch reads in it
template <class T> struct Plane {
    L ph, pw, wide, taps; std::vector<L> at; T* room;
    Plane(const Shape& s, Form f) : ph((f.kh-1)*s.dh/2), pw((f.kw-1)*s.dw/2), wide(s.W+2*pw), taps(f.kh*f.kw) {
        for (L t=0; t<f.kh; t++) for (L u=0; u<f.kw; u++) at.push_back(t*s.dh*wide+u*s.dw);
    }
    L size(const Shape& s) const { return (s.H+2*ph)*wide+lanes<T>(); }
    void fill(const T* x, const Shape& s) {
        for (L i=0; i<s.H; i++) std::memcpy(room+(i+ph)*wide+pw, x+i*s.W, s.W*sizeof(T));
    }
};
// Four vectors of outputs at once, wherever they lie
template <class T> void plane_forward(const Plane<T>& p, const T* w, bool flip, T bias, T* y, const Shape& s) {
    const L n = lanes<T>(), across = (s.W+n-1)/n, many = s.H*across;
    for (L m=0; m<many; m+=4) {
        const T* from[4]; T* to[4]; L some[4];
        for (L q=0; q<4; q++) {
            const L o = std::min(m+q, many-1), i = o/across, j = o%across*n;
            from[q] = p.room+i*p.wide+j; to[q] = y+i*s.W+j; some[q] = std::min(n, s.W-j);
        }
        V<T> sum[4];
        UNROLL for (int q=0; q<4; q++) sum[q] = all(bias);
        for (L t=0; t<p.taps; t++) {
            const V<T> tap = all(w[flip ? p.taps-1-t : t]);
            const L at = p.at[t];
            UNROLL for (int q=0; q<4; q++) sum[q] += tap*load(from[q]+at);
        }
        for (L q=0; q<4 && m+q<many; q++) { store_some(to[q], sum[q], some[q]); }
    }
}
template <class T> T added(V<T> v) { T sum = 0; for (L i=0; i<lanes<T>(); i++) sum += v[i]; return sum; }

template <class T, int TAPS> void plane_weights(const Plane<T>& p, const T* g, const Shape& s, T* gw, T* gb) {
    const L n = lanes<T>();
    for (L t0=0; t0<p.taps; t0+=TAPS) {                        // TAPS sums in registers
        V<T> total[TAPS] = {}, bias{};
        for (L i=0; i<s.H; i++) for (L j=0; j<s.W; j+=n) {
            const L some = std::min(n, s.W-j);
            const V<T> here = load_some(g+i*s.W+j, some);
            const T* from = p.room+i*p.wide+j;
            bias += here;
            UNROLL for (int t=0; t<TAPS; t++) if (t0+t<p.taps) {
                const V<T> v = load_some(from+p.at[t0+t], some);
                total[t] += here*v;
            }
        }
        for (L t=0; t<TAPS && t0+t<p.taps; t++) if (gw) gw[t0+t] += added<T>(total[t]);
        if (gb && t0==0) *gb += added<T>(bias);
    }
}

template <class T> void forward_planes(const T* x, const Kernels<T>& m, T* y, const Shape& s, bool flip) {
    const L size = s.H*s.W, keep = s.C-3*s.g, per = 3*s.g+1;      // the identity counts as one
    each(s.N*per, s.threads, [&](L first, L last) {
        Plane<T> planes[] = {Plane<T>(s, form_of(s, 0)), Plane<T>(s, form_of(s, 1)), Plane<T>(s, form_of(s, 2))};
        std::vector<T> buffer;
        T* room = aligned(buffer, planes[0].size(s)+planes[1].size(s)+planes[2].size(s));
        std::fill(room, room+planes[0].size(s)+planes[1].size(s)+planes[2].size(s), T(0));
        for (auto& p : planes) { p.room = room; room += p.size(s); }
        for (L u=first; u<last; u++) {
            const T* from = x+u/per*s.C*size;
            T* to = y+u/per*s.C*size;
            if (u%per==0) { std::memcpy(to, from, keep*size*sizeof(T)); continue; }
            const L c = u%per-1, i = c/s.g, at = (keep+c)*size;
            planes[i].fill(from+at, s);
            plane_forward(planes[i], m.w[i]+c%s.g*planes[i].taps, flip, m.b[i] ? m.b[i][c%s.g] : T(0), to+at, s);
        }
    });
}
template <class T> void weights_planes(const T* g, const T* x, T* const* gw, T* const* gb, const Shape& s) {
    const L size = s.H*s.W, keep = s.C-3*s.g;
    each(3*s.g, s.threads, [&](L first, L last) {
        Plane<T> planes[] = {Plane<T>(s, form_of(s, 0)), Plane<T>(s, form_of(s, 1)), Plane<T>(s, form_of(s, 2))};
        std::vector<T> buffer;
        T* room = aligned(buffer, planes[0].size(s)+planes[1].size(s)+planes[2].size(s));
        std::fill(room, room+planes[0].size(s)+planes[1].size(s)+planes[2].size(s), T(0));
        for (auto& p : planes) { p.room = room; room += p.size(s); }
        for (L c=first; c<last; c++) {
            const L i = c/s.g;
            T *w = gw[i] ? gw[i]+c%s.g*planes[i].taps : nullptr, *b = gb[i] ? gb[i]+c%s.g : nullptr;
            if (w) std::fill(w, w+planes[i].taps, T(0));
            if (b) *b = T(0);
            for (L image=0; image<s.N; image++) {
                const L at = (image*s.C+keep+c)*size;
                planes[i].fill(x+at, s);
                if (planes[i].taps<=9) plane_weights<T,9>(planes[i], g+at, s, w, b);
                else plane_weights<T,11>(planes[i], g+at, s, w, b);
            }
        }
    });
}

// ---------------------------------------------------------------------------------------------- entries

// y = layer(x); with flip the kernels are reversed, and x is the gradient of an output
template <class T> void forward(const T* x, const T* const* tensors, T* y, const L* sizes, L flip) {
    Shape s;
    std::memcpy(&s, sizes, sizeof(s));
    if (!s.N || !s.H || !s.W) return;
    const Kernels<T> m = {{tensors[0], tensors[1], tensors[2]}, {tensors[3], tensors[4], tensors[5]}};
    if (s.last) forward_last(x, m, y, s, flip); else forward_planes(x, m, y, s, flip);
}
template <class T> void weights(const T* g, const T* x, T* const* out, const L* sizes) {
    Shape s;
    std::memcpy(&s, sizes, sizeof(s));
    if (s.last) weights_last(g, x, out, out+3, s); else weights_planes(g, x, out, out+3, s);
}
extern "C" {
L inception_f32(const float* x, const float* const* w, float* y, const L* sizes, L flip) { return guarded([&] { forward(x, w, y, sizes, flip); return L(0); }); }
L inception_f64(const double* x, const double* const* w, double* y, const L* sizes, L flip) { return guarded([&] { forward(x, w, y, sizes, flip); return L(0); }); }
L inception_weights_f32(const float* g, const float* x, float* const* out, const L* sizes) { return guarded([&] { weights(g, x, out, sizes); return L(0); }); }
L inception_weights_f64(const double* g, const double* x, double* const* out, const L* sizes) { return guarded([&] { weights(g, x, out, sizes); return L(0); }); }
}
