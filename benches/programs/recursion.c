// calls | | Fibonacci, Ackermann, Takeuchi and mutually recursive functions
#include "bench.h"

// Calls must stay calls.
#define CALL __attribute__((noinline))

CALL static uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

CALL static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

CALL static int takeuchi(int x, int y, int z) {
  return y >= x ? z : takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

CALL static uint32_t male(uint32_t n);
CALL static uint32_t female(uint32_t n) { return n == 0 ? 1 : n - male(female(n - 1)); }
CALL static uint32_t male(uint32_t n) { return n == 0 ? 0 : n - female(male(n - 1)); }

// Pays for many arguments.
CALL static int64_t paths(int x, int y, int64_t a, int64_t b, double c, double d) {
  if (x == 0 || y == 0) return a + b + (int64_t)(c + d);
  return paths(x - 1, y, b, a + 1, d, c) + paths(x, y - 1, a, b + 2, c + 1.0, d);
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 6);
  uint64_t sum = 0;
  for (int64_t r = 0; r < rounds; r++) {
    sum = mix(sum, fibonacci(30 + (r & 1)));
    sum = mix(sum, ackermann(2, 1200 + (uint32_t)r));
    sum = mix(sum, (uint64_t)takeuchi(16, 10, (int)(r % 3)));
    sum = mix(sum, female(130) + male(131));
    sum = mix(sum, (uint64_t)paths(10, 10, r, 1, 0.5, 0.25));
  }
  return finish("recursion", sum);
}
