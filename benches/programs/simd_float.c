// simd | -msimd128 | 4-lane floats: a matrix product in registers and a ray against many spheres
#include "bench.h"

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));

enum { N = 256, SPHERES = 4096 };
static f32x4 a[N][N / 4], b[N][N / 4], c[N][N / 4];
static f32x4 cx[SPHERES / 4], cy[SPHERES / 4], cz[SPHERES / 4], radius[SPHERES / 4];

static inline f32x4 splat(float x) { return (f32x4){x, x, x, x}; }
static inline f32x4 choose(i32x4 mask, f32x4 yes, f32x4 no) {
  return (f32x4)(((i32x4)yes & mask) | ((i32x4)no & ~mask));
}

static void product(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N / 4; j += 4) {
      f32x4 s0 = c[i][j], s1 = c[i][j + 1], s2 = c[i][j + 2], s3 = c[i][j + 3];
      for (int k = 0; k < N; k++) {
        f32x4 factor = splat(a[i][k / 4][k % 4]);
        s0 += factor * b[k][j];
        s1 += factor * b[k][j + 1];
        s2 += factor * b[k][j + 2];
        s3 += factor * b[k][j + 3];
      }
      c[i][j] = s0, c[i][j + 1] = s1, c[i][j + 2] = s2, c[i][j + 3] = s3;
    }
}

// The smallest discriminant-based key over all spheres that the ray from the origin hits.
static float nearest(float dx, float dy, float dz) {
  f32x4 best = splat(1e30f), x = splat(dx), y = splat(dy), z = splat(dz);
  for (int i = 0; i < SPHERES / 4; i++) {
    f32x4 along = cx[i] * x + cy[i] * y + cz[i] * z;
    f32x4 square = cx[i] * cx[i] + cy[i] * cy[i] + cz[i] * cz[i];
    f32x4 inside = along * along - square + radius[i] * radius[i];
    f32x4 key = square - inside;
    i32x4 hit = (inside > splat(0)) & (along > splat(0)) & (key < best);
    best = choose(hit, key, best);
  }
  float low = best[0];
  for (int lane = 1; lane < 4; lane++) low = best[lane] < low ? best[lane] : low;
  return low;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 60), rays = work(argc, argv, 150000);
  uint64_t seed = 5, sum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j / 4][j % 4] = (float)random_unit(&seed) - 0.5f;
      b[i][j / 4][j % 4] = (float)random_unit(&seed) - 0.5f;
    }
  for (int64_t r = 0; r < rounds; r++) {
    product();
    a[r % N][0] = c[(r * 5) % N][1];
  }
  for (int i = 0; i < N; i++) sum = mix_double(sum, c[i][i / 4][i % 4]);
  for (int i = 0; i < SPHERES; i++) {
    cx[i / 4][i % 4] = (float)random_unit(&seed) * 20 - 10;
    cy[i / 4][i % 4] = (float)random_unit(&seed) * 20 - 10;
    cz[i / 4][i % 4] = (float)random_unit(&seed) * 20 + 5;
    radius[i / 4][i % 4] = (float)random_unit(&seed) * 0.3f;
  }
  for (int64_t r = 0; r < rays; r++) {
    float x = (float)random_unit(&seed) - 0.5f, y = (float)random_unit(&seed) - 0.5f;
    sum = mix_double(sum, nearest(x, y, 1.0f));
  }
  return finish("simd_float", sum);
}
