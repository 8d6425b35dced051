// process | | a small command for whole runs: prints, allocates, sorts, reads its arguments and environment
#include "bench.h"

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv) {
  int64_t lines = work(argc, argv, 200);
  uint64_t seed = 19, sum = 0;
  char **names = allocate((size_t)lines * sizeof *names);
  for (int64_t i = 0; i < lines; i++) {
    names[i] = allocate(32);
    snprintf(names[i], 32, "%08x-%.3f", (unsigned)random32(&seed), random_unit(&seed));
  }
  qsort(names, (size_t)lines, sizeof *names, compare);
  for (int64_t i = 0; i < lines; i++) {
    for (const char *p = names[i]; *p; p++) sum = mix(sum, (uint8_t)*p);
    free(names[i]);
  }
  free(names);
  const char *home = getenv("BENCH_SALT");
  return finish("small", mix(sum, home ? strlen(home) : 0));
}
