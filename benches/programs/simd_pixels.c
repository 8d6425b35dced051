// simd | -msimd128 | 8- and 16-bit lanes: blend, blur and threshold of an image; Adler-like sums
#include "bench.h"

typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));

enum { WIDTH = 1024, HEIGHT = 512, SIZE = WIDTH * HEIGHT };
static _Alignas(16) uint8_t front[SIZE], back[SIZE], out[SIZE];

static inline u8x16 load(const uint8_t *p) {
  u8x16 v;
  memcpy(&v, p, sizeof v);
  return v;
}
static inline void store(uint8_t *p, u8x16 v) { memcpy(p, &v, sizeof v); }
static inline u16x8 low(u8x16 v) {
  return __builtin_convertvector(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), u16x8);
}
static inline u16x8 high(u8x16 v) {
  return __builtin_convertvector(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), u16x8);
}
static inline u8x16 narrow(u16x8 a, u16x8 b) {
  u8x8 x = __builtin_convertvector(a, u8x8), y = __builtin_convertvector(b, u8x8);
  return __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

static void blend(uint16_t alpha) {
  u16x8 p = (u16x8){0} + alpha, q = (u16x8){0} + (uint16_t)(256 - alpha);
  for (int i = 0; i < SIZE; i += 16) {
    u8x16 f = load(front + i), b = load(back + i);
    store(out + i, narrow((low(f) * p + low(b) * q) >> 8, (high(f) * p + high(b) * q) >> 8));
  }
}

static void blur(void) {
  for (int y = 1; y < HEIGHT - 1; y++)
    for (int x = 16; x < WIDTH - 16; x += 16) {
      const uint8_t *p = out + y * WIDTH + x;
      u8x16 l = load(p - 1), r = load(p + 1), u = load(p - WIDTH), d = load(p + WIDTH), m = load(p);
      u16x8 a = low(l) + low(r) + low(u) + low(d) + (low(m) << 2);
      u16x8 b = high(l) + high(r) + high(u) + high(d) + (high(m) << 2);
      store(back + y * WIDTH + x, narrow(a >> 3, b >> 3));
    }
}

static void threshold(uint8_t level) {
  u8x16 limit = (u8x16){0} + level;
  for (int i = 0; i < SIZE; i += 16) {
    u8x16 v = load(out + i), mask = (u8x16)(v > limit);
    store(front + i, (v & mask) | ((v + 16) & ~mask));
  }
}

static uint64_t sums(const uint8_t *p) {
  u32x4 a = {1, 1, 1, 1}, b = {0};
  for (int i = 0; i < SIZE; i += 16) {
    u16x8 v = low(load(p + i)) + high(load(p + i));
    u32x4 w = __builtin_convertvector(__builtin_shufflevector(v, v, 0, 1, 2, 3), u32x4) +
              __builtin_convertvector(__builtin_shufflevector(v, v, 4, 5, 6, 7), u32x4);
    a += w;
    b += a;
  }
  uint64_t sum = 0;
  for (int lane = 0; lane < 4; lane++) sum = mix(sum, (uint64_t)a[lane] << 32 | b[lane]);
  return sum;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 2500);
  uint64_t seed = 3, sum = 0;
  for (int i = 0; i < SIZE; i++) {
    front[i] = (uint8_t)random64(&seed);
    back[i] = (uint8_t)(i ^ (i >> 10));
  }
  for (int64_t r = 0; r < rounds; r++) {
    blend((uint16_t)(r * 37 % 256));
    blur();
    threshold((uint8_t)(r * 11));
    sum = mix(sum, sums(front));
  }
  return finish("simd_pixels", mix(sum, sums(back)));
}
