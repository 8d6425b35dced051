// float | | blocked product of two matrices of doubles
#include "bench.h"

enum { N = 512, BLOCK = 32 };
static double a[N][N], b[N][N], c[N][N];

static void product(void) {
  for (int ii = 0; ii < N; ii += BLOCK)
    for (int kk = 0; kk < N; kk += BLOCK)
      for (int i = ii; i < ii + BLOCK; i++)
        for (int k = kk; k < kk + BLOCK; k++) {
          double factor = a[i][k];
          for (int j = 0; j < N; j++) c[i][j] += factor * b[k][j];
        }
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 14);
  uint64_t seed = 7, sum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = random_unit(&seed) - 0.5;
      b[i][j] = random_unit(&seed) - 0.5;
    }
  for (int64_t r = 0; r < rounds; r++) {
    product();
    a[r % N][(r * 7) % N] = c[(r * 3) % N][r % N];
  }
  for (int i = 0; i < N; i++) sum = mix_double(sum, c[i][(i * 31) % N]);
  return finish("matmul", sum);
}
