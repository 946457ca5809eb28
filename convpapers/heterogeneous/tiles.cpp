// A convolution that skips empty tiles. A tile is one tap of a block of CB input and OB output channels.
// It follows SIMD and EACH of lab.native, which bring the headers, the vectors and the threads.
constexpr L CB = 32, OB = 16;                                   // channels of a tile

// sizes, as Python passes them
struct Shape { L N, C, H, W, O, Ho, Wo, kh, kw, sh, sw, ph, pw, dh, dw, last, threads; };

// The picture with its border, pixel by pixel: rows of Wp pixels, each of Cp channels, zeros where there is nothing
template <class T> void pad(const T* x, T* out, const Shape& s, L Hp, L Wp, L Cp, L first, L end) {
    for (L r=first; r<end; r++) {
        const L n = r/Hp, i = r%Hp-s.ph;
        T* row = out+r*Wp*Cp;
        std::memset(row, 0, Wp*Cp*sizeof(T));
        if (i<0 || i>=s.H) continue;
        T* to = row+s.pw*Cp;
        if (s.last) {                                           // channels of a pixel already lie together
            const T* from = x+(n*s.H+i)*s.W*s.C;
            for (L j=0; j<s.W; j++) std::memcpy(to+j*Cp, from+j*s.C, s.C*sizeof(T));
        } else {                                                // one plane a channel: turn 16 channels at a time
            const T* from = x+(n*s.C*s.H+i)*s.W;
            for (L c0=0; c0<s.C; c0+=16) for (L j=0; j<s.W; j++)
                for (L c=c0; c<std::min(s.C, c0+16); c++) to[j*Cp+c] = from[c*s.H*s.W+j];
        }
    }
}

// inner loop: P outputs of one row, OB channels each, summed over the tiles of their block
template <class T, int P> void strip(const T* x, L step, const T* weights, const int32_t* offsets, L count, const T* bias, T* out) {
    typedef typename Lanes<T>::type V;
    constexpr int VL = BYTES/sizeof(T), VS = OB/VL;             // lanes of a vector, vectors of a block
    V acc[P][VS];
    UNROLL for (int p=0; p<P; p++) UNROLL for (int v=0; v<VS; v++) std::memcpy(&acc[p][v], bias+v*VL, BYTES);
    for (L t=0; t<count; t++) {
        const T* at = x+offsets[t];                             // the first pixel of this tap, the first channel of this block
        const T* w = weights+t*CB*OB;
        for (L c=0; c<CB; c++) {
            V row[VS];
            UNROLL for (int v=0; v<VS; v++) std::memcpy(&row[v], w+c*OB+v*VL, BYTES);
            UNROLL for (int p=0; p<P; p++) {
                const T value = at[p*step+c];                   // one number, for all OB channels
                UNROLL for (int v=0; v<VS; v++) acc[p][v] += value*row[v];
            }
        }
    }
    UNROLL for (int p=0; p<P; p++) UNROLL for (int v=0; v<VS; v++) std::memcpy(out+p*OB+v*VL, &acc[p][v], BYTES);
}
// end of the inner loop

template <class T, int P> void strips(int p, const T* x, L step, const T* w, const int32_t* o, L n, const T* b, T* out) {
    if (p==P) strip<T,P>(x, step, w, o, n, b, out);
    else if constexpr (P>1) strips<T,P-1>(p, x, step, w, o, n, b, out);
}

// begins[b] to begins[b+1] are the tiles of output block b; a tile is tap and input block in one number
template <class T> L run(const T* x, const T* packed, const int32_t* begins, const int32_t* tiles, const T* bias, T* y, const Shape& s) {
    constexpr int MOST = std::max(1, int((BYTES==64 ? 14 : BYTES==32 ? 6 : 3)*4/sizeof(T)));
    const L Hp = s.H+2*s.ph, Wp = s.W+2*s.pw, blocks = (s.C+CB-1)/CB, Cp = blocks*CB, outs = (s.O+OB-1)/OB;
    if (Wp*Cp*(s.kh*s.dh+1)>INT32_MAX) return -3;
    std::vector<T> padded(s.N*Hp*Wp*Cp+CB), biases(outs*OB+BYTES/sizeof(T));
    if (bias) std::copy(bias, bias+s.O, biases.begin());
    each(s.N*Hp, s.threads, [&](L a, L b) { pad(x, padded.data(), s, Hp, Wp, Cp, a, b); });
    std::vector<int32_t> offsets(begins[outs]);
    for (L t=0; t<begins[outs]; t++) {
        const L tap = tiles[t]/blocks, block = tiles[t]%blocks;
        offsets[t] = tap/s.kw*s.dh*Wp*Cp + tap%s.kw*s.dw*Cp + block*CB;
    }
    const L pieces = (s.Wo+MOST-1)/MOST, width = (s.Wo+pieces-1)/pieces;
    each(s.N*outs*s.Ho, s.threads, [&](L first, L end) {
        alignas(64) T made[MOST*OB];
        for (L job=first; job<end; job++) {                     // a row of one block; blocks outside, so their tiles stay near
            const L n = job/(outs*s.Ho), b = job/s.Ho%outs, i = job%s.Ho, kept = std::min(OB, s.O-b*OB);
            const T* row = padded.data()+((n*Hp+i*s.sh)*Wp)*Cp;
            for (L j=0; j<s.Wo; j+=width) {
                const int p = int(std::min(width, s.Wo-j));
                strips<T,MOST>(p, row+j*s.sw*Cp, s.sw*Cp, packed+begins[b]*CB*OB, offsets.data()+begins[b], begins[b+1]-begins[b], biases.data()+b*OB, made);
                for (int q=0; q<p; q++) std::memcpy(y+(((n*s.Ho+i)*s.Wo)+j+q)*s.O+b*OB, made+q*OB, kept*sizeof(T));
            }
        }
    });
    return 0;
}

extern "C" L tiles_f32(const float* x, const float* w, const int32_t* begins, const int32_t* tiles, const float* bias, float* y, const L* sizes) {
    return guarded([&] { return run(x, w, begins, tiles, bias, y, *(const Shape*)sizes); });
}
extern "C" L tiles_f64(const double* x, const double* w, const int32_t* begins, const int32_t* tiles, const double* bias, double* y, const L* sizes) {
    return guarded([&] { return run(x, w, begins, tiles, bias, y, *(const Shape*)sizes); });
}
