// Vectors of a kernel that treats all lanes alike: loads, stores, activations. SIMD of
// convpapers.lab.native is put before this text.

// == Vectors of lanes

template <class T> using V = typename Lanes<T>::type;
template <class T> constexpr L lanes() { return BYTES/sizeof(T); }

template <class T>
inline V<T> load(const T* p) { V<T> v; std::memcpy(&v, p, BYTES); return v; }
template <class T> inline void store(T* p, V<T> v) { std::memcpy(p, &v, BYTES); }
template <class T> inline V<T> all(T a) { return V<T>{}+a; }

// The first n lanes; the others are zero
template <class T> inline V<T> load(const T* p, L n) {
#ifdef __AVX512F__
    if constexpr (sizeof(T)==4) return (V<T>)_mm512_maskz_loadu_ps((__mmask16)((1u<<n)-1),
        p);
#endif
    V<T> v{};
    for (L i=0; i<n; i++) v[i] = p[i];
    return v;
}
template <class T> inline void store(T* p, V<T> v, L n) {
#ifdef __AVX512F__
    if constexpr (sizeof(T)==4)
        { _mm512_mask_storeu_ps(p, (__mmask16)((1u<<n)-1), (__m512)v); return; }
#endif
    for (L i=0; i<n; i++) p[i] = v[i];
}

// Keep what is not a number
template <class T> inline V<T> at_least(V<T> v, V<T> a) {
#ifdef __AVX512F__
    if constexpr (sizeof(T)==4) return (V<T>)_mm512_max_ps((__m512)a, (__m512)v);
#endif
    return v<a ? a : v;
}
template <class T> inline V<T> at_most(V<T> v, V<T> a) {
#ifdef __AVX512F__
    if constexpr (sizeof(T)==4) return (V<T>)_mm512_min_ps((__m512)a, (__m512)v);
#endif
    return v>a ? a : v;
}
enum { NONE, RELU, HARDSWISH, RELU6 };
template <class T, int P> inline void activate(V<T>* v, L kind) {
    if (kind==RELU) { UNROLL for (int p=0; p<P; p++) v[p] = at_least<T>(v[p], V<T>{}); }
    else if (kind==HARDSWISH) { UNROLL
        for (int p=0; p<P; p++) v[p] *= at_most<T>(at_least<T>(v[p]*all(T(1)/6)+all(T(.5)),
        V<T>{}), all(T(1))); }
    else if (kind==RELU6) { UNROLL
        for (int p=0; p<P; p++) v[p] = at_most<T>(at_least<T>(v[p], V<T>{}), all(T(6))); }
}
