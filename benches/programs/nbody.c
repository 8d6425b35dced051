// float | | five bodies under gravity, symplectic steps in double precision
#include "bench.h"
#include <math.h>

typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;

enum { BODIES = 5 };
static Body bodies[BODIES];

static void advance(double dt) {
  for (int i = 0; i < BODIES; i++) {
    Body *a = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      Body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double square = dx * dx + dy * dy + dz * dz + 1e-4;
      double pull = dt / (square * sqrt(square));
      a->vx -= dx * b->mass * pull;
      a->vy -= dy * b->mass * pull;
      a->vz -= dz * b->mass * pull;
      b->vx += dx * a->mass * pull;
      b->vy += dy * a->mass * pull;
      b->vz += dz * a->mass * pull;
    }
  }
  for (int i = 0; i < BODIES; i++) {
    Body *a = &bodies[i];
    a->x += dt * a->vx;
    a->y += dt * a->vy;
    a->z += dt * a->vz;
  }
}

int main(int argc, char **argv) {
  int64_t steps = work(argc, argv, 6000000);
  uint64_t seed = 42, sum = 0;
  for (int i = 0; i < BODIES; i++) {
    Body *b = &bodies[i];
    b->mass = i == 0 ? 40.0 : 0.01 + random_unit(&seed) * 0.05;
    b->x = i * (2.0 + random_unit(&seed));
    b->y = random_unit(&seed);
    b->z = random_unit(&seed);
    b->vy = i == 0 ? 0.0 : sqrt(40.0 / b->x);
  }
  for (int64_t i = 0; i < steps; i++) advance(0.001);
  for (int i = 0; i < BODIES; i++) sum = mix_double(mix_double(sum, bodies[i].x), bodies[i].vy);
  return finish("nbody", sum);
}
