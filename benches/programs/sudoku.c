// search | | sudoku by candidate masks with backtracking, on puzzles made by digging holes
#include "bench.h"

typedef struct {
  uint8_t cell[81];
  uint16_t row[9], column[9], box[9];
} Board;

static inline int box_of(int i) { return i / 27 * 3 + i % 9 / 3; }
static inline uint16_t open(const Board *b, int i) {
  return (uint16_t)(0x1ff & ~(b->row[i / 9] | b->column[i % 9] | b->box[box_of(i)]));
}
static inline void set(Board *b, int i, int digit) {
  uint16_t bit = (uint16_t)(1 << digit);
  b->cell[i] = (uint8_t)(digit + 1);
  b->row[i / 9] |= bit, b->column[i % 9] |= bit, b->box[box_of(i)] |= bit;
}
static inline void clear(Board *b, int i) {
  uint16_t keep = (uint16_t)~(1 << (b->cell[i] - 1));
  b->cell[i] = 0;
  b->row[i / 9] &= keep, b->column[i % 9] &= keep, b->box[box_of(i)] &= keep;
}

static uint64_t visited;

// How many solutions there are, counted up to `limit`; the last one stays on the board.
static int solve(Board *b, int limit) {
  int best = -1, fewest = 10;
  visited++;
  for (int i = 0; i < 81; i++) {
    if (b->cell[i]) continue;
    int n = __builtin_popcount(open(b, i));
    if (n < fewest) fewest = n, best = i;
    if (n <= 1) break;
  }
  if (best < 0) return 1;
  int count = 0;
  for (uint16_t candidates = open(b, best); candidates; candidates &= (uint16_t)(candidates - 1)) {
    set(b, best, __builtin_ctz(candidates));
    count += solve(b, limit - count);
    if (count >= limit) return count;
    clear(b, best);
  }
  return count;
}

int main(int argc, char **argv) {
  int64_t puzzles = work(argc, argv, 5000);
  uint64_t seed = 83, sum = 0;
  for (int64_t p = 0; p < puzzles; p++) {
    Board full = {0};
    for (int digit = 0; digit < 9; digit++) {
      int i = (int)random_below(&seed, 81);
      if (!full.cell[i] && open(&full, i) >> digit & 1) set(&full, i, digit);
    }
    if (solve(&full, 1) == 0) continue;
    Board puzzle = full;
    for (int tries = 0; tries < 70; tries++) {
      int i = (int)random_below(&seed, 81);
      if (!puzzle.cell[i]) continue;
      int digit = puzzle.cell[i] - 1;
      clear(&puzzle, i);
      Board probe = puzzle;
      if (solve(&probe, 2) != 1) set(&puzzle, i, digit);
    }
    for (int i = 0; i < 81; i++) sum = mix(sum, puzzle.cell[i]);
  }
  return finish("sudoku", mix(sum, visited));
}
