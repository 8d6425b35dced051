// integer | | primes by a segmented sieve over bits
#include "bench.h"

enum { SEGMENT = 1 << 18 };

static uint32_t primes[8192];
static uint32_t next_multiple[8192];
static uint64_t bits[SEGMENT / 64];

// The odd primes whose square may be below 2^32.
static int small_primes(uint32_t limit) {
  int count = 0;
  for (uint32_t n = 3; n < limit; n += 2) {
    int prime = 1;
    for (int i = 0; i < count && primes[i] * primes[i] <= n; i++)
      if (n % primes[i] == 0) {
        prime = 0;
        break;
      }
    if (prime) primes[count++] = n;
  }
  return count;
}

int main(int argc, char **argv) {
  int64_t segments = work(argc, argv, 700);
  int count = small_primes(65536);
  uint64_t total = 1, sum = 0;
  // Bit i of segment s stands for the odd number 2 * (s * SEGMENT + i) + 1.
  for (int i = 0; i < count; i++) next_multiple[i] = (primes[i] * primes[i] - 1) / 2;
  for (int64_t s = 0; s < segments; s++) {
    memset(bits, 0xff, sizeof bits);
    if (s == 0) bits[0] &= ~1ull;
    uint64_t end = (uint64_t)(s + 1) * SEGMENT * 2 + 1;
    for (int i = 0; i < count && (uint64_t)primes[i] * primes[i] < end; i++) {
      uint32_t j = next_multiple[i];
      for (; j < SEGMENT; j += primes[i]) bits[j >> 6] &= ~(1ull << (j & 63));
      next_multiple[i] = j - SEGMENT;
    }
    for (int i = count - 1; i >= 0 && (uint64_t)primes[i] * primes[i] >= end; i--) next_multiple[i] -= SEGMENT;
    uint32_t found = 0;
    for (size_t i = 0; i < LENGTH(bits); i++) found += (uint32_t)__builtin_popcountll(bits[i]);
    total += found;
    sum = mix(sum, found);
  }
  return finish("sieve", mix(sum, total));
}
