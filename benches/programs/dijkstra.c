// graph | | shortest paths with a binary heap on a random graph and on a grid; union-find
#include "bench.h"

enum { NODES = 1 << 16, DEGREE = 6, EDGES = NODES * DEGREE };
static uint32_t to[EDGES], cost[EDGES], distance[NODES], root[NODES];
static int32_t where[NODES];
static uint32_t heap[NODES];
static int used;

static inline void put(int at, uint32_t node) {
  heap[at] = node;
  where[node] = at;
}

static void up(int at) {
  uint32_t node = heap[at];
  for (; at > 0 && distance[heap[(at - 1) / 2]] > distance[node]; at = (at - 1) / 2) put(at, heap[(at - 1) / 2]);
  put(at, node);
}

static uint32_t pop(void) {
  uint32_t top = heap[0], node = heap[--used];
  int at = 0;
  for (int child; (child = 2 * at + 1) < used; at = child) {
    if (child + 1 < used && distance[heap[child + 1]] < distance[heap[child]]) child++;
    if (distance[heap[child]] >= distance[node]) break;
    put(at, heap[child]);
  }
  if (used) put(at, node);
  return top;
}

static uint64_t shortest(uint32_t source) {
  for (int i = 0; i < NODES; i++) distance[i] = UINT32_MAX, where[i] = -1;
  distance[source] = 0;
  used = 0;
  put(used++, source);
  uint64_t total = 0;
  while (used) {
    uint32_t node = pop();
    total += distance[node];
    for (int e = (int)node * DEGREE; e < (int)(node + 1) * DEGREE; e++) {
      uint32_t length = distance[node] + cost[e];
      if (length >= distance[to[e]]) continue;
      distance[to[e]] = length;
      if (where[to[e]] < 0) put(used++, to[e]);
      up(where[to[e]]);
    }
  }
  return total;
}

static uint32_t find(uint32_t n) {
  while (root[n] != n) n = root[n] = root[root[n]];
  return n;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 20);
  uint64_t seed = 71, sum = 0;
  for (int64_t r = 0; r < rounds; r++) {
    for (int n = 0; n < NODES; n++)
      for (int d = 0; d < DEGREE; d++) {
        int e = n * DEGREE + d;
        // Half of the rounds are a grid with shortcuts: other locality.
        static const int steps[] = {1, -1, 256, -256};
        to[e] = r & 1 && d < 4 ? (uint32_t)(n + steps[d]) & (NODES - 1) : random_below(&seed, NODES);
        cost[e] = 1 + random_below(&seed, r & 1 && d >= 4 ? 4000 : 100);
      }
    sum = mix(sum, shortest((uint32_t)r * 977 % NODES));
    for (uint32_t n = 0; n < NODES; n++) root[n] = n;
    uint32_t parts = NODES;
    for (int e = 0; e < EDGES; e += 3) {
      uint32_t a = find((uint32_t)e / DEGREE), b = find(to[e]);
      if (a != b) root[a < b ? b : a] = a < b ? a : b, parts--;
    }
    sum = mix(sum, parts);
  }
  return finish("dijkstra", sum);
}
