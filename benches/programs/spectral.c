// float | | power iteration for the largest singular value of an implicit matrix
#include "bench.h"
#include <math.h>

enum { MAX = 4096 };
static double u[MAX], v[MAX], w[MAX];

static inline double element(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void apply(const double *in, double *out, int n, int transposed) {
  for (int i = 0; i < n; i++) {
    double s = 0;
    for (int j = 0; j < n; j++) s += (transposed ? element(j, i) : element(i, j)) * in[j];
    out[i] = s;
  }
}

int main(int argc, char **argv) {
  int n = (int)work(argc, argv, 1600);
  if (n > MAX) n = MAX;
  for (int i = 0; i < n; i++) u[i] = 1;
  for (int round = 0; round < 20; round++) {
    apply(u, w, n, 0);
    apply(w, v, n, 1);
    apply(v, w, n, 0);
    apply(w, u, n, 1);
  }
  double top = 0, bottom = 0;
  for (int i = 0; i < n; i++) {
    top += u[i] * v[i];
    bottom += v[i] * v[i];
  }
  return finish("spectral", mix_double(0, sqrt(top / bottom)));
}
