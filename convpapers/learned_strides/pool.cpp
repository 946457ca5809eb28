// Y = S_h X S_wᵀ for maps in channels-last memory, image by image, in one pass. The shared head (vectors, threads) is put before this text.
// The matrices of spectral pooling are symmetric under a reflection of both axes. So with e = x_j + x_p and o = x_j - x_p, p the mirror place
// of j, a row of S is a row over e plus a row over o, and the mirrored row is their difference: half of the multiplications.

#include <limits>

template <class V, class T> inline V take(const T* p) { V v; std::memcpy(&v, p, sizeof(V)); return v; }
template <class V, class T> inline void give(T* p, V v) { std::memcpy(p, &v, sizeof(V)); }
const int ROWS = 4;                                             // rows of a matrix that are worked on at a time

template <class T> struct Part {                                // some rows over e, or over o
    L rows = 0, terms = 0;
    std::vector<T> flat, packed;                                // a row after the other; blocks of ROWS rows, term by term
    L add(const std::vector<T>& row) { flat.insert(flat.end(), row.begin(), row.end()); return rows++; }
    void pack() {
        packed.resize(flat.size());
        for (L r = 0; r < rows; r += ROWS) {
            const L k = std::min(L(ROWS), rows - r);
            for (L j = 0; j < terms; j++) for (L i = 0; i < k; i++) packed[r*terms + j*k + i] = flat[(r + i)*terms + j];
        }
    }
};

template <class T> struct Matrix {                              // S, (rows, n), taken apart by one of the two reflections
    L n, rows;
    std::vector<L> first, mirror;                               // places of e; those that have a mirror place come first
    Part<T> even, odd;
    std::vector<L> e, o;                                        // which rows of the parts make an output, -1 for none
    std::vector<T> sign;
    Matrix(const T* s, L rows, L n, L main, bool corner) : n(n), rows(rows) {
        for (int self = 0; self < 2; self++) for (L j = 0; 2*j <= n; j++) {
            const L p = corner ? (n - j)%n : n - 1 - j;
            if (p < j || (p == j) != self) continue;
            first.push_back(j); mirror.push_back(p);
            if (!self) odd.terms++;
        }
        even.terms = first.size();
        T top = 0;
        for (L i = 0; i < rows*n; i++) top = std::max(top, std::abs(s[i]));
        const T small = 32*std::numeric_limits<T>::epsilon()*top;
        for (L r = 0; r < rows; r++, s += n) {
            std::vector<T> a(even.terms), b(odd.terms);
            T most_a = 0, most_b = 0;
            for (L k = 0; k < even.terms; k++) { a[k] = k < odd.terms ? (s[first[k]] + s[mirror[k]])/2 : s[first[k]]; most_a = std::max(most_a, std::abs(a[k])); }
            for (L k = 0; k < odd.terms; k++) { b[k] = (s[first[k]] - s[mirror[k]])/2; most_b = std::max(most_b, std::abs(b[k])); }
            const L q = corner ? (main - r)%main : main - 1 - r;
            if (r < main && q < r && e[q] >= 0 && o[q] >= 0 && alike(a, even, e[q], T(1), small) && alike(b, odd, o[q], T(-1), small)) {
                e.push_back(e[q]); o.push_back(o[q]); sign.push_back(-1);
                continue;
            }
            e.push_back(most_a > small || most_b <= small ? even.add(a) : -1);
            o.push_back(most_b > small ? odd.add(b) : -1);
            sign.push_back(1);
        }
        even.pack(); odd.pack();
    }
    static bool alike(const std::vector<T>& a, const Part<T>& part, L row, T sign, T small) {
        for (L k = 0; k < part.terms; k++) if (std::abs(a[k] - sign*part.flat[row*part.terms + k]) > small) return false;
        return true;
    }
    L work() const { return even.rows*even.terms + odd.rows*odd.terms; }
    static Matrix best(const T* s, L rows, L n, L main) {
        Matrix a(s, rows, n, main, true), b(s, rows, n, main, false);
        return b.work() < a.work() ? b : a;
    }
    L scratch() const { return even.terms + odd.terms + even.rows + odd.rows; }
};

// K rows, B vectors of neighbouring numbers: out = rows · in
template <int K, int B, class V, class T> inline void rows_of(const T* c, L terms, const V* in, V* out) {
    V a[K*B];
    UNROLL for (int i = 0; i < K*B; i++) a[i] = V{};
    for (L j = 0; j < terms; j++, c += K, in += B) {
        UNROLL for (int i = 0; i < K; i++) UNROLL for (int b = 0; b < B; b++) a[i*B + b] += c[i]*in[b];
    }
    UNROLL for (int i = 0; i < K*B; i++) out[i] = a[i];
}
template <int B, class V, class T> inline void product(const Part<T>& p, const V* in, V* out) {
    for (L r = 0; r < p.rows; r += ROWS) {
        const T* c = p.packed.data() + r*p.terms;
        V* y = out + r*B;
        switch (std::min(L(ROWS), p.rows - r)) {
            case 1: rows_of<1,B>(c, p.terms, in, y); break;
            case 2: rows_of<2,B>(c, p.terms, in, y); break;
            case 3: rows_of<3,B>(c, p.terms, in, y); break;
            default: rows_of<ROWS,B>(c, p.terms, in, y);
        }
    }
}

// B vectors at x; their next places are `step` away; output r goes to to[r] + at
template <int B, class V, class T> inline void block(const Matrix<T>& m, const T* x, L step, T* const* to, L at, V* buffer) {
    const L lanes = sizeof(V)/sizeof(T);
    V *e = buffer, *o = e + m.even.terms*B, *ye = o + m.odd.terms*B, *yo = ye + m.even.rows*B;
    for (L k = 0; k < m.even.terms; k++) {
        const T *p = x + m.first[k]*step, *q = x + m.mirror[k]*step;
        UNROLL for (int b = 0; b < B; b++) {
            const V u = take<V>(p + b*lanes);
            if (k < m.odd.terms) { const V v = take<V>(q + b*lanes); e[k*B + b] = u + v; o[k*B + b] = u - v; }
            else e[k*B + b] = u;
        }
    }
    product<B>(m.even, e, ye); product<B>(m.odd, o, yo);
    for (L r = 0; r < m.rows; r++) {
        T* y = to[r] + at;
        UNROLL for (int b = 0; b < B; b++) {
            const V a = m.e[r] < 0 ? V{} : ye[m.e[r]*B + b];
            give(y + b*lanes, m.o[r] < 0 ? a : a + m.sign[r]*yo[m.o[r]*B + b]);
        }
    }
}
template <class T> void along(const Matrix<T>& m, const T* x, L step, L n, T* const* to, typename Lanes<T>::type* buffer) {
    typedef typename Lanes<T>::type V;
    const L lanes = BYTES/sizeof(T);
    const int B = BYTES == 64 ? 4 : 2;                          // vectors at a time; with ROWS rows their sums stay in registers
    L at = 0;
    for (; at + B*lanes <= n; at += B*lanes) block<B,V>(m, x + at, step, to, at, buffer);
    for (; at + lanes <= n; at += lanes) block<1,V>(m, x + at, step, to, at, buffer);
    for (; at < n; at++) block<1,T>(m, x + at, step, to, at, (T*)buffer);
}

// z: N, H, W, C, rows of y, further rows of S_h (their product with the waves goes to f), columns of y, further rows of S_w (to zw), waves, threads
template <class T> L pool(const T* x, const T* sh, const T* sw, const T* waves, T* y, T* f, T* zw, const L* z) {
    const L N = z[0], H = z[1], W = z[2], C = z[3], mh = z[4], rh = z[5], mw = z[6], rw = z[7], K = z[8], threads = z[9];
    const Matrix<T> a = Matrix<T>::best(sh, mh + rh, H, mh), b = Matrix<T>::best(sw, mw + rw, W, mw);
    const Matrix<T> c = rh ? Matrix<T>::best(waves, K, W, K) : a;
    each(N, threads, [&](L from, L last) {
        std::vector<T> rows((mh + rh)*W*C);
        std::vector<typename Lanes<T>::type> buffer(4*std::max(std::max(a.scratch(), b.scratch()), c.scratch()));
        std::vector<T*> to(std::max(std::max(mh + rh, mw + rw), K));
        for (L n = from; n < last; n++) {
            for (L r = 0; r < mh + rh; r++) to[r] = rows.data() + r*W*C;
            along(a, x + n*H*W*C, W*C, W*C, to.data(), buffer.data());
            for (L r = 0; r < mh; r++) {
                for (L i = 0; i < mw; i++) to[i] = y + ((n*mh + r)*mw + i)*C;
                for (L i = 0; i < rw; i++) to[mw + i] = zw + ((n*mh + r)*rw + i)*C;
                along(b, rows.data() + r*W*C, C, C, to.data(), buffer.data());
            }
            for (L r = 0; r < rh; r++) {
                for (L i = 0; i < K; i++) to[i] = f + ((n*rh + r)*K + i)*C;
                along(c, rows.data() + (mh + r)*W*C, C, C, to.data(), buffer.data());
            }
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
