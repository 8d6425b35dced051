// memory | | random updates of a 32 MiB table
#include "bench.h"

enum { WORDS = 1 << 22 };

int main(int argc, char **argv) {
  int64_t updates = work(argc, argv, 40000000);
  uint64_t *table = allocate(WORDS * sizeof *table);
  for (uint32_t i = 0; i < WORDS; i++) table[i] = i;
  uint64_t streams[4] = {1, 22, 333, 4444};
  for (int64_t n = 0; n < updates; n += 4)
    for (int s = 0; s < 4; s++) {
      uint64_t r = random64(&streams[s]);
      table[r >> 42] ^= r;
    }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < WORDS; i++) sum = mix(sum, table[i]);
  free(table);
  return finish("gups", sum);
}
