// hash | | SHA-256 (FIPS 180-4) of a long message and of many short ones
#include "bench.h"

static uint32_t k[64];

static inline uint32_t turn(uint32_t x, int n) { return x >> n | x << (32 - n); }

// The constants are the first 32 fraction bits of the cube roots of the first 64 primes; the initial
// state those of the square roots of the first eight. Both by binary search in integers.
static uint32_t root_fraction(uint32_t n, int degree) {
  uint64_t low = 0, high = (uint64_t)16 << 32;
  while (high - low > 1) {
    uint64_t mid = (low + high) / 2;
    __uint128_t power = (__uint128_t)mid * mid;
    __uint128_t bound = (__uint128_t)n << 64;
    int above;
    if (degree == 2) {
      above = power > bound;
    } else {
      // mid^3 > n * 2^96, compared after a division so that nothing overflows
      __uint128_t quotient = ((__uint128_t)n << 96) / mid;
      above = power > quotient;
    }
    if (above) high = mid;
    else low = mid;
  }
  return (uint32_t)low;
}

static uint32_t initial[8];

static void make_constants(void) {
  int count = 0;
  for (uint32_t n = 2; count < 64; n++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= n; d++) prime &= n % d != 0;
    if (!prime) continue;
    if (count < 8) initial[count] = root_fraction(n, 2);
    k[count++] = root_fraction(n, 3);
  }
}

static void block(uint32_t state[8], const uint8_t *p) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    uint32_t s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25), ch = (e & f) ^ (~e & g);
    uint32_t t1 = h + s1 + ch + k[i] + w[i];
    uint32_t s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22), most = (a & b) ^ (a & c) ^ (b & c);
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + s0 + most;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void digest(const uint8_t *data, size_t length, uint32_t state[8]) {
  memcpy(state, initial, sizeof initial);
  size_t at = 0;
  for (; length - at >= 64; at += 64) block(state, data + at);
  uint8_t tail[128] = {0};
  size_t rest = length - at, total = rest < 56 ? 64 : 128;
  memcpy(tail, data + at, rest);
  tail[rest] = 0x80;
  uint64_t bits = (uint64_t)length * 8;
  for (int i = 0; i < 8; i++) tail[total - 1 - i] = (uint8_t)(bits >> 8 * i);
  for (size_t i = 0; i < total; i += 64) block(state, tail + i);
}

int main(int argc, char **argv) {
  enum { SIZE = 1 << 20 };
  static uint8_t data[SIZE];
  uint32_t state[8];
  uint64_t seed = 31, sum = 0;
  make_constants();
  digest((const uint8_t *)"abc", 3, state);
  if (state[0] != 0xba7816bfu || state[7] != 0xf20015adu) return 1;
  for (int i = 0; i < SIZE; i++) data[i] = (uint8_t)random64(&seed);
  for (int64_t r = work(argc, argv, 60); r > 0; r--) {
    digest(data, SIZE, state);
    memcpy(data, state, sizeof state);
    sum = mix(sum, state[3]);
  }
  for (int64_t r = work(argc, argv, 150000); r > 0; r--) {
    digest(data, 32 + (r & 31), state);
    for (int i = 0; i < 8; i++) data[i] ^= (uint8_t)state[i];
  }
  return finish("sha256", mix(sum, (uint64_t)state[0] << 32 | state[5]));
}
