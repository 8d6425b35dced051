// search | | queens on a board, by bit masks and by arrays
#include "bench.h"

static uint64_t by_masks(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  uint64_t count = 0;
  for (uint32_t free = all & ~(columns | left | right); free;) {
    uint32_t bit = free & -free;
    free ^= bit;
    count += by_masks(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static int8_t place[16];

static uint64_t by_arrays(int row, int n) {
  if (row == n) return 1;
  uint64_t count = 0;
  for (int column = 0; column < n; column++) {
    int ok = 1;
    for (int r = 0; r < row && ok; r++) {
      int d = place[r] - column;
      ok = d != 0 && d != row - r && d != r - row;
    }
    if (!ok) continue;
    place[row] = (int8_t)column;
    count += by_arrays(row + 1, n);
  }
  return count;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 130);
  uint64_t sum = 0;
  for (int64_t r = 0; r < rounds; r++) {
    // One square is blocked, another one each round.
    sum = mix(sum, by_masks((1u << 12) - 1, 0, 1u << (r % 12), 0));
    place[0] = (int8_t)(r % 9);
    sum = mix(sum, by_arrays(1, 10));
  }
  return finish("queens", sum);
}
