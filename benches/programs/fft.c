// float | | complex fast Fourier transform and its inverse, in place, radix 2
#include "bench.h"
#include <math.h>

enum { LOG = 16, N = 1 << LOG };
typedef struct {
  double re, im;
} Complex;
static Complex data[N], roots[N / 2];

static Complex times(Complex a, Complex b) {
  return (Complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

// The roots of unity by halving angles: only sqrt is needed, so that they are the same everywhere.
static void make_roots(void) {
  roots[0] = (Complex){1, 0};
  double c = 0;  // cos of a quarter turn
  Complex step[LOG];
  step[1] = (Complex){0, -1};
  for (int level = 2; level < LOG; level++) {
    double next = sqrt((1 + c) / 2);
    step[level] = (Complex){next, -sqrt((1 - c) / 2)};
    c = next;
  }
  // step[level] is the root of order 2^(level+1); entry i is the product of the steps of its bits.
  for (int i = 1; i < N / 2; i++) {
    int low = __builtin_ctz((unsigned)i);
    roots[i] = times(roots[i & (i - 1)], step[LOG - 1 - low]);
  }
}

static void transform(int inverse) {
  for (unsigned i = 1, j = 0; i < N; i++) {
    unsigned bit = N >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      Complex t = data[i];
      data[i] = data[j];
      data[j] = t;
    }
  }
  for (int half = 1; half < N; half *= 2) {
    int stride = N / 2 / half;
    for (int start = 0; start < N; start += 2 * half)
      for (int k = 0; k < half; k++) {
        Complex root = roots[k * stride];
        if (inverse) root.im = -root.im;
        Complex even = data[start + k], odd = times(data[start + k + half], root);
        data[start + k] = (Complex){even.re + odd.re, even.im + odd.im};
        data[start + k + half] = (Complex){even.re - odd.re, even.im - odd.im};
      }
  }
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 120);
  uint64_t seed = 99, sum = 0;
  make_roots();
  for (int i = 0; i < N; i++) data[i] = (Complex){random_unit(&seed) - 0.5, 0};
  for (int64_t r = 0; r < rounds; r++) {
    transform(0);
    sum = mix_double(sum, data[r % N].re);
    transform(1);
    for (int i = 0; i < N; i++) {
      data[i].re *= 1.0 / N;
      data[i].im *= 1.0 / N;
    }
  }
  for (int i = 0; i < N; i += 1021) sum = mix_double(sum, data[i].re);
  return finish("fft", sum);
}
