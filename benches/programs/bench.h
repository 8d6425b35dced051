// What every benchmark program shares: the amount of work, a random sequence, a running checksum.
//
// A program prints one line, its name and a checksum, which must not depend on the machine: use integers of
// fixed width, nothing of libm but sqrt, and no address or padding byte in the checksum.
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// `base` times the first argument in per cent (100 without one), at least 1.
static inline int64_t work(int argc, char **argv, int64_t base) {
  int64_t percent = argc > 1 ? atoi(argv[1]) : 100;
  int64_t n = base * percent / 100;
  return n < 1 ? 1 : n;
}

// xorshift64*: the next of a random sequence; the state must not be 0.
static inline uint64_t random64(uint64_t *state) {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * 0x2545f4914f6cdd1dull;
}

static inline uint32_t random32(uint64_t *state) { return (uint32_t)(random64(state) >> 32); }

// A number from 0 to below n.
static inline uint32_t random_below(uint64_t *state, uint32_t n) {
  return (uint32_t)(((uint64_t)random32(state) * n) >> 32);
}

static inline double random_unit(uint64_t *state) { return (double)(random64(state) >> 11) * 0x1p-53; }

static inline uint64_t mix(uint64_t sum, uint64_t value) {
  sum = (sum ^ value) * 0x9e3779b97f4a7c15ull;
  return sum ^ (sum >> 29);
}

static inline uint64_t mix_double(uint64_t sum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return mix(sum, bits);
}

static inline void *allocate(size_t bytes) {
  void *p = malloc(bytes);
  if (!p) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  return p;
}

static inline int finish(const char *name, uint64_t sum) {
  printf("%s %016llx\n", name, (unsigned long long)sum);
  return 0;
}

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

#endif
