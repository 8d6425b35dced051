// integer | | the longest Collatz chains below a bound, with a table of short ones
#include "bench.h"

enum { TABLE = 1 << 16 };
static uint16_t known[TABLE];

static uint32_t chain(uint64_t n) {
  uint32_t steps = 0;
  while (n >= TABLE || known[n] == 0) {
    if (n & 1) {
      n = (3 * n + 1) >> 1;
      steps += 2;
    } else {
      int zeros = __builtin_ctzll(n);
      n >>= zeros;
      steps += (uint32_t)zeros;
    }
    if (n == 1) return steps + 1;
  }
  return steps + known[n];
}

int main(int argc, char **argv) {
  int64_t limit = work(argc, argv, 9000000);
  uint64_t sum = 0;
  uint32_t longest = 0;
  known[1] = 1;
  for (int64_t n = 2; n < limit; n++) {
    uint32_t length = chain((uint64_t)n);
    if (n < TABLE) known[n] = (uint16_t)length;
    if (length > longest) {
      longest = length;
      sum = mix(sum, (uint64_t)n << 16 | length);
    }
  }
  return finish("collatz", sum);
}
