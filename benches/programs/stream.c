// memory | | copy, scale, add and triad over arrays that do not fit a cache
#include "bench.h"

enum { N = 1 << 20 };
static double a[N], b[N], c[N];

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 140);
  for (int i = 0; i < N; i++) a[i] = i, b[i] = 2.0, c[i] = 0.0;
  for (int64_t r = 0; r < rounds; r++) {
    memcpy(c, a, sizeof a);
    for (int i = 0; i < N; i++) b[i] = 0.5 * c[i];
    for (int i = 0; i < N; i++) c[i] = a[i] + b[i];
    for (int i = 0; i < N; i++) a[i] = b[i] + 0.25 * c[i];
    memmove(b + 1, b, (N - 1) * sizeof *b);
  }
  uint64_t sum = 0;
  for (int i = 0; i < N; i += 997) sum = mix_double(mix_double(sum, a[i]), b[i]);
  return finish("stream", sum);
}
