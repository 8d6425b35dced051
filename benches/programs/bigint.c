// integer | | arbitrary precision: powers modulo a 2048-bit number, and a factorial
#include "bench.h"

enum { LIMBS = 64, FACTORIAL_LIMBS = 16384 };
typedef uint32_t Number[LIMBS];

static uint32_t modulus[LIMBS], inverse;

// Montgomery product: a * b / 2^2048 modulo `modulus`.
static void multiply(const Number a, const Number b, Number out) {
  uint32_t t[LIMBS + 2] = {0};
  for (int i = 0; i < LIMBS; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < LIMBS; j++) {
      uint64_t v = (uint64_t)a[j] * b[i] + t[j] + carry;
      t[j] = (uint32_t)v;
      carry = v >> 32;
    }
    uint64_t v = (uint64_t)t[LIMBS] + carry;
    t[LIMBS] = (uint32_t)v;
    t[LIMBS + 1] = (uint32_t)(v >> 32);
    uint32_t m = t[0] * inverse;
    carry = ((uint64_t)m * modulus[0] + t[0]) >> 32;
    for (int j = 1; j < LIMBS; j++) {
      v = (uint64_t)m * modulus[j] + t[j] + carry;
      t[j - 1] = (uint32_t)v;
      carry = v >> 32;
    }
    v = (uint64_t)t[LIMBS] + carry;
    t[LIMBS - 1] = (uint32_t)v;
    t[LIMBS] = t[LIMBS + 1] + (uint32_t)(v >> 32);
  }
  uint32_t difference[LIMBS];
  int64_t borrow = 0;
  for (int i = 0; i < LIMBS; i++) {
    int64_t v = (int64_t)t[i] - modulus[i] + borrow;
    difference[i] = (uint32_t)v;
    borrow = v >> 32;
  }
  memcpy(out, t[LIMBS] != 0 || borrow == 0 ? difference : t, sizeof(Number));
}

static uint64_t power(uint64_t *seed) {
  Number base, result;
  for (int i = 0; i < LIMBS; i++) base[i] = random32(seed);
  base[LIMBS - 1] >>= 1;
  memcpy(result, base, sizeof base);
  for (int bit = 0; bit < 512; bit++) {
    multiply(result, result, result);
    if (random64(seed) & 1) multiply(result, base, result);
  }
  uint64_t sum = 0;
  for (int i = 0; i < LIMBS; i++) sum = mix(sum, result[i]);
  return sum;
}

static uint64_t factorial(uint32_t n) {
  static uint32_t digits[FACTORIAL_LIMBS];
  int length = 1;
  digits[0] = 1;
  for (uint32_t k = 2; k <= n && length < FACTORIAL_LIMBS; k++) {
    uint64_t carry = 0;
    for (int i = 0; i < length; i++) {
      uint64_t v = (uint64_t)digits[i] * k + carry;
      digits[i] = (uint32_t)v;
      carry = v >> 32;
    }
    if (carry) digits[length++] = (uint32_t)carry;
  }
  uint64_t sum = (uint64_t)length;
  for (int i = 0; i < length; i++) sum = mix(sum, digits[i]);
  return sum;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 90);
  uint64_t seed = 0x1234567, sum = 0;
  for (int i = 0; i < LIMBS; i++) modulus[i] = random32(&seed);
  modulus[0] |= 1;
  modulus[LIMBS - 1] |= 1u << 31;
  inverse = 1;
  for (int i = 0; i < 5; i++) inverse *= 2 - modulus[0] * inverse;
  inverse = 0 - inverse;
  for (int64_t i = 0; i < rounds; i++) sum = mix(sum, power(&seed));
  sum = mix(sum, factorial((uint32_t)work(argc, argv, 9000)));
  return finish("bigint", sum);
}
