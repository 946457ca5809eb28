// Y = S_h X S_wᵀ for maps in channels-last memory, image by image, in one pass. The shared head (vectors, threads) is put before this text.
// The matrices of spectral pooling are symmetric under a reflection of both axes. So with e = x_j + x_p and o = x_j - x_p, p the mirror place
// of j, a row of S is a row over e plus a row over o, and the mirrored row is their difference: half of the multiplications.

#include <limits>

template <class V, class T> inline V take(const T* p) { V v; std::memcpy(&v, p, sizeof(V)); return v; }
template <class V, class T> inline void give(T* p, V v) { std::memcpy(p, &v, sizeof(V)); }
const int ROWS = 4;                                             // sums that are formed at a time, for each vector

template <class T> struct Matrix {                              // S, (rows, n), taken apart by one of the two reflections
    struct Row { std::vector<T> e, o; L to, twin; };            // over e and over o; empty for none; the rows of S that it makes
    struct Group { L first, rows, both, rest; };                // rows that are multiplied together, and over how many terms
    L both = 0, all = 0;                                        // places of o and of e
    std::vector<L> first, mirror;                               // places of e; those that have a mirror place come first
    std::vector<Row> mixed, even, odd;                          // rows over e and o, over e alone, over o alone
    std::vector<Group> groups[3];                               // of these three
    std::vector<L> terms;                                       // where a group has numbers that are not zero, in the order of use
    std::vector<T> packed;                                      // the numbers
    Matrix(const T* s, L rows, L n, L main, bool corner) {
        for (int self = 0; self < 2; self++) for (L j = 0; 2*j <= n; j++) {
            const L p = corner ? (n - j)%n : n - 1 - j;
            if (p < j || (p == j) != self) continue;
            first.push_back(j); mirror.push_back(p);
            if (!self) both++;
        }
        all = first.size();
        T top = 0;
        for (L i = 0; i < rows*n; i++) top = std::max(top, std::abs(s[i]));
        const T small = 32*std::numeric_limits<T>::epsilon()*top;
        for (L r = 0; r < rows; r++, s += n) {
            Row row{std::vector<T>(all), std::vector<T>(both), r, -1};
            for (L k = 0; k < all; k++) row.e[k] = k < both ? (s[first[k]] + s[mirror[k]])/2 : s[first[k]];
            for (L k = 0; k < both; k++) row.o[k] = (s[first[k]] - s[mirror[k]])/2;
            if (largest(row.o) <= small) row.o.clear();
            else if (largest(row.e) <= small) row.e.clear();
            const L q = corner ? (main - r)%main : main - 1 - r;
            if (row.e.empty()) odd.push_back(row);
            else if (row.o.empty()) even.push_back(row);
            else if (!(r < main && q < r && joins(row, q, small))) mixed.push_back(row);
        }
        gather(mixed, groups[0], ROWS/2, true, true, small); gather(even, groups[1], ROWS, true, false, small);
        gather(odd, groups[2], ROWS, false, true, small);
    }
    // An ideal filter for half of the samples is zero at every second place, so zeros are left out
    void gather(const std::vector<Row>& rows, std::vector<Group>& out, L most, bool e, bool o, T small) {
        for (L r = 0; r < L(rows.size()); r += most) {
            const L last = std::min(L(rows.size()), r + most);
            Group g{r, last - r, 0, 0};
            for (L j = 0; j < (e ? all : both); j++) {
                T top = 0;
                for (L i = r; i < last; i++) top = std::max(top, std::max(e ? std::abs(rows[i].e[j]) : T(0), o && j < both ? std::abs(rows[i].o[j]) : T(0)));
                if (top <= small) continue;
                terms.push_back(j); (j < both ? g.both : g.rest)++;
                if (e) for (L i = r; i < last; i++) packed.push_back(rows[i].e[j]);
                if (o && j < both) for (L i = r; i < last; i++) packed.push_back(rows[i].o[j]);
            }
            out.push_back(g);
        }
    }
    static T largest(const std::vector<T>& v) { T m = 0; for (T a : v) m = std::max(m, std::abs(a)); return m; }
    bool joins(const Row& row, L q, T small) {                  // whether it is the mirror image of row q, and then noted there
        for (Row& m : mixed) if (m.to == q && m.twin < 0) {
            for (L k = 0; k < all; k++) if (std::abs(row.e[k] - m.e[k]) > small) return false;
            for (L k = 0; k < both; k++) if (std::abs(row.o[k] + m.o[k]) > small) return false;
            m.twin = row.to;
            return true;
        }
        return false;
    }
    static Matrix best(const T* s, L rows, L n, L main) {
        Matrix a(s, rows, n, main, true), b(s, rows, n, main, false);
        return b.packed.size() < a.packed.size() ? b : a;
    }
    L scratch() const { return all + both; }
};

// K rows over e and o, B vectors of neighbouring numbers each: their sums and differences go to two rows of the output
template <int K, int B, class V, class T> inline void mixed_rows(const T* c, const L* t, L both, L rest, const V* e, const V* o, const typename Matrix<T>::Row* rows, T* const* to, L at) {
    const L lanes = sizeof(V)/sizeof(T);
    V a[K*B], d[K*B];
    UNROLL for (int i = 0; i < K*B; i++) a[i] = d[i] = V{};
    for (const L* end = t + both; t < end; t++, c += 2*K) {
        const V *p = e + *t*B, *q = o + *t*B;
        UNROLL for (int i = 0; i < K; i++) UNROLL for (int b = 0; b < B; b++) { a[i*B + b] += c[i]*p[b]; d[i*B + b] += c[K + i]*q[b]; }
    }
    for (const L* end = t + rest; t < end; t++, c += K) {
        const V* p = e + *t*B;
        UNROLL for (int i = 0; i < K; i++) UNROLL for (int b = 0; b < B; b++) a[i*B + b] += c[i]*p[b];
    }
    UNROLL for (int i = 0; i < K; i++) {
        T* y = to[rows[i].to] + at;
        UNROLL for (int b = 0; b < B; b++) give(y + b*lanes, a[i*B + b] + d[i*B + b]);
        if (rows[i].twin < 0) continue;
        y = to[rows[i].twin] + at;
        UNROLL for (int b = 0; b < B; b++) give(y + b*lanes, a[i*B + b] - d[i*B + b]);
    }
}
// K rows over one of the two
template <int K, int B, class V, class T> inline void plain_rows(const T* c, const L* t, L terms, const V* in, const typename Matrix<T>::Row* rows, T* const* to, L at) {
    const L lanes = sizeof(V)/sizeof(T);
    V a[K*B];
    UNROLL for (int i = 0; i < K*B; i++) a[i] = V{};
    for (const L* end = t + terms; t < end; t++, c += K) {
        const V* p = in + *t*B;
        UNROLL for (int i = 0; i < K; i++) UNROLL for (int b = 0; b < B; b++) a[i*B + b] += c[i]*p[b];
    }
    UNROLL for (int i = 0; i < K; i++) { T* y = to[rows[i].to] + at; UNROLL for (int b = 0; b < B; b++) give(y + b*lanes, a[i*B + b]); }
}

// B vectors at x; their next places are `step` away; output r goes to to[r] + at
template <int B, class V, class T> inline void block(const Matrix<T>& m, const T* x, L step, T* const* to, L at, V* e) {
    const L lanes = sizeof(V)/sizeof(T);
    V* o = e + m.all*B;
    for (L k = 0; k < m.both; k++) {
        const T *p = x + m.first[k]*step, *q = x + m.mirror[k]*step;
        UNROLL for (int b = 0; b < B; b++) {
            const V u = take<V>(p + b*lanes), v = take<V>(q + b*lanes);
            e[k*B + b] = u + v; o[k*B + b] = u - v;
        }
    }
    for (L k = m.both; k < m.all; k++) { UNROLL for (int b = 0; b < B; b++) e[k*B + b] = take<V>(x + m.first[k]*step + b*lanes); }
    const T* c = m.packed.data();
    const L* t = m.terms.data();
    for (const auto& g : m.groups[0]) {
        const auto* rows = m.mixed.data() + g.first;
        if (g.rows == ROWS/2) mixed_rows<ROWS/2,B>(c, t, g.both, g.rest, e, o, rows, to, at);
        else mixed_rows<1,B>(c, t, g.both, g.rest, e, o, rows, to, at);
        c += g.rows*(2*g.both + g.rest); t += g.both + g.rest;
    }
    for (int part = 1; part < 3; part++) for (const auto& g : m.groups[part]) {
        const auto* rows = (part == 1 ? m.even : m.odd).data() + g.first;
        const V* in = part == 1 ? e : o;
        const L n = g.both + g.rest;
        switch (g.rows) {
            case 1: plain_rows<1,B>(c, t, n, in, rows, to, at); break;
            case 2: plain_rows<2,B>(c, t, n, in, rows, to, at); break;
            case 3: plain_rows<3,B>(c, t, n, in, rows, to, at); break;
            default: plain_rows<ROWS,B>(c, t, n, in, rows, to, at);
        }
        c += g.rows*n; t += n;
    }
}
const int WIDEST = BYTES == 64 ? 4 : 2;                         // vectors at a time; with ROWS sums of each they stay in registers
template <class T> void along(const Matrix<T>& m, const T* x, L step, L n, T* const* to, typename Lanes<T>::type* buffer) {
    typedef typename Lanes<T>::type V;
    const L lanes = BYTES/sizeof(T);
    L at = 0;
    for (; at + WIDEST*lanes <= n; at += WIDEST*lanes) block<WIDEST,V>(m, x + at, step, to, at, buffer);
    for (; at + lanes <= n; at += lanes) block<1,V>(m, x + at, step, to, at, buffer);
    for (; at < n; at++) block<1,T>(m, x + at, step, to, at, (T*)buffer);
}

// z: N, H, W, C, rows of y, further rows of S_h (their product with the waves goes to f), columns of y, further rows of S_w (to zw), waves, threads
template <class T> L pool(const T* x, const T* sh, const T* sw, const T* waves, T* y, T* f, T* zw, const L* z) {
    const L N = z[0], H = z[1], W = z[2], C = z[3], mh = z[4], rh = z[5], mw = z[6], rw = z[7], K = z[8], threads = z[9];
    const Matrix<T> a = Matrix<T>::best(sh, mh + rh, H, mh), b = Matrix<T>::best(sw, mw + rw, W, mw);
    const Matrix<T> c = rh ? Matrix<T>::best(waves, K, W, K) : a;
    const bool row_by_row = !rh && mh*mw <= H*W;
    // rows that lie a power of two apart would fight for the same places of the cache
    const L wide = W*C + 256/sizeof(T), line = (mw + rw)*C + 256/sizeof(T);
    each(N, threads, [&](L from, L last) {
        std::vector<T> rows(row_by_row ? H*line : (mh + rh)*wide);
        std::vector<typename Lanes<T>::type> buffer(WIDEST*std::max(std::max(a.scratch(), b.scratch()), c.scratch()));
        std::vector<T*> to(std::max(std::max(mh + rh, mw + rw), K));
        const auto height = [&](const T* in, L step, L n, T* out, L next) {
            for (L r = 0; r < mh + rh; r++) to[r] = out + r*next;
            along(a, in, step, n, to.data(), buffer.data());
        };
        const auto width = [&](const Matrix<T>& m, const T* in, T* out, L count, T* more, L others) {
            for (L i = 0; i < count; i++) to[i] = out + i*C;
            for (L i = 0; i < others; i++) to[count + i] = more + i*C;
            along(m, in, C, C, to.data(), buffer.data());
        };
        for (L n = from; n < last; n++) {
            const T* image = x + n*H*W*C;
            T *out = y + n*mh*mw*C, *more = zw + n*mh*rw*C;
            if (row_by_row) {                                   // the large map is read in its order
                for (L h = 0; h < H; h++) width(b, image + h*W*C, rows.data() + h*line, mw + rw, nullptr, 0);
                height(rows.data(), line, mw*C, out, mw*C);
                if (rw) height(rows.data() + mw*C, line, rw*C, more, rw*C);
                continue;
            }                                                   // or written in its order
            height(image, W*C, W*C, rows.data(), wide);
            for (L r = 0; r < mh; r++) width(b, rows.data() + r*wide, out + r*mw*C, mw, more + r*rw*C, rw);
            for (L r = 0; r < rh; r++) width(c, rows.data() + (mh + r)*wide, f + (n*rh + r)*K*C, K, nullptr, 0);
        }
    });
    return 0;
}

extern "C" L pool_f32(const float* x, const float* sh, const float* sw, const float* waves, float* y, float* f, float* zw, const L* z) {
    return guarded([&] { return pool(x, sh, sw, waves, y, f, zw, z); });
}
extern "C" L pool_f64(const double* x, const double* sh, const double* sw, const double* waves, double* y, double* f, double* zw, const L* z) {
    return guarded([&] { return pool(x, sh, sw, waves, y, f, zw, z); });
}
