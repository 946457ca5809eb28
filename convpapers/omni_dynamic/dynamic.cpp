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
    const T *fc, *gamma, *beta, *mean, *var, *head[HEADS];
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
            x[i] = dot(w.head[k]+i*w.hidden, s.a.data(), w.hidden)/w.temperature;
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

// The gradients of p, fc, gamma, beta, mean, var, of the four heads and of the temperature
template <class T>
L gates_backward(const T* G, const T* p, T** to, L batch, const Gates<T>& w) {
    Seen<T> s = room(w);
    std::vector<T> d(w.all()+1), da(w.hidden), dz(w.hidden);
    T *gp = to[0], *gfc = to[1], *ggamma = to[2], *gbeta = to[3], *gmean = to[4],
        *gvar = to[5], **ghead = to+6, *gt = to[10];
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
                *gt -= q*x[i];
                add(ghead[k]+i*w.hidden, q, s.a.data(), w.hidden);
                add(da.data(), q, w.head[k]+i*w.hidden, w.hidden);
            }
        }
        std::fill(gp+b*w.ins, gp+(b+1)*w.ins, T(0));
        for (L h=0; h<w.hidden; h++) {
            const T du = s.u[h]<=0 ? T(0) : da[h], r = 1/std::sqrt(w.var[h]+w.eps),
                off = s.z[h]-w.mean[h], dz = du*w.gamma[h]*r;
            ggamma[h] += du*off*r; gbeta[h] += du;
            gmean[h] -= dz; gvar[h] -= dz*off*r*r/2;
            add(gfc+h*w.ins, dz, p+b*w.ins, w.ins);
            add(gp+b*w.ins, dz, w.fc+h*w.ins, w.ins);
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

// The gradients of W and of the attentions that are given
template <class T, L K>
L kernels_backward(const T* G, const T* W, T* gW, T** to, const Given<T>& a, Size z) {
    const std::vector<T> scale = scales(a, z);
    const L n = z.row(), all = z.outs*n, count = K ? K : z.kernels, part_of = z.outs/z.groups;
    const L threads = std::max(L(1), std::min(z.threads, z.outs)), every = z.batch*count;
    std::vector<T> sums(threads*scale.size()), mixed(threads*every);
    each(threads, threads, [&](L first, L last) { for (L u=first; u<last; u++) {
        T *gs = &sums[u*scale.size()], *gm = &mixed[u*every];
        for (L o=z.outs*u/threads; o<z.outs*(u+1)/threads; o++) {
            const T* w = W+o*n;
            T* gw = gW+o*n;
            for (L b=0; b<z.batch; b++) {
                const L at = (b*z.groups+o/part_of)*n;
                const T *g = G+(b*z.outs+o)*n, *s = &scale[at], f = a.of(1, b, o);
                T *t = gs+at, m[MOST];
                V<T> sum{}, by[MOST] = {};
                for (L k=0; k<count; k++) m[k] = a.of(3, b, k);
                across<T>(n, [&](L j, L part) {
                    V<T> row[MOST], y = all_zero<T>(), d = f*some(g+j, part);
                    for (L k=0; k<count; k++)
                        { row[k] = some(w+k*all+j, part); y += m[k]*row[k]; }
                    put(t+j, some(t+j, part)+d*y, part);
                    d *= some(s+j, part);
                    sum += d*y;
                    for (L k=0; k<count; k++) {
                        T* q = gw+k*all+j;
                        by[k] += d*row[k];
                        put(q, b ? some(q, part)+m[k]*d : m[k]*d, part);
                    }
                });
                for (L k=0; k<count; k++) gm[b*count+k] += total<T>(by[k]);
                if (to[1]) {
                    V<T> own{};
                    if (f!=0) to[1][b*z.outs+o] = total<T>(sum)/f;
                    else {
                        across<T>(n, [&](L j, L part) {
                            V<T> y = all_zero<T>();
                            for (L k=0; k<count; k++) y += m[k]*some(w+k*all+j, part);
                            own += some(g+j, part)*some(s+j, part)*y;
                        });
                        to[1][b*z.outs+o] = total<T>(own);
                    }
                }
            }
        }
    } });
    return 0;
}
