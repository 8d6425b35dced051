// memory | | walks over linked lists in random order, in and out of the caches
#include "bench.h"

typedef struct {
  uint32_t next, payload;
} Node;

// One random cycle through all nodes (Sattolo's shuffle).
static Node *cycle(uint32_t count, uint64_t *seed) {
  Node *nodes = allocate(count * sizeof *nodes);
  for (uint32_t i = 0; i < count; i++) nodes[i].next = i, nodes[i].payload = random32(seed);
  for (uint32_t i = count - 1; i > 0; i--) {
    uint32_t j = random_below(seed, i), t = nodes[i].next;
    nodes[i].next = nodes[j].next;
    nodes[j].next = t;
  }
  return nodes;
}

int main(int argc, char **argv) {
  static const uint32_t sizes[] = {1 << 11, 1 << 15, 1 << 20};
  static const int64_t steps[] = {120000000, 30000000, 8000000};
  uint64_t seed = 11, sum = 0;
  for (size_t s = 0; s < LENGTH(sizes); s++) {
    Node *nodes = cycle(sizes[s], &seed);
    uint32_t at = 0, total = 0;
    for (int64_t n = work(argc, argv, steps[s]); n > 0; n--) {
      total += nodes[at].payload;
      at = nodes[at].next;
    }
    sum = mix(sum, (uint64_t)at << 32 | total);
    free(nodes);
  }
  return finish("chase", sum);
}
