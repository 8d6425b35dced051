// integer | | the game of life, one byte a cell and 64 cells a word
#include "bench.h"

enum { W = 512, H = 512, WORDS = W / 64 };
static uint8_t grid[2][H][W];
static uint64_t rows[2][H][WORDS];

static void step_bytes(int from) {
  for (int y = 0; y < H; y++) {
    const uint8_t *up = grid[from][(y + H - 1) % H], *mid = grid[from][y], *down = grid[from][(y + 1) % H];
    for (int x = 0; x < W; x++) {
      int l = (x + W - 1) % W, r = (x + 1) % W;
      int n = up[l] + up[x] + up[r] + mid[l] + mid[r] + down[l] + down[x] + down[r];
      grid[!from][y][x] = n == 3 || (n == 2 && mid[x]);
    }
  }
}

static inline uint64_t west(const uint64_t *row, int i) { return row[i] << 1 | row[(i + WORDS - 1) % WORDS] >> 63; }
static inline uint64_t east(const uint64_t *row, int i) { return row[i] >> 1 | row[(i + 1) % WORDS] << 63; }

static void add(uint64_t bits, uint64_t *ones, uint64_t *twos, uint64_t *fours) {
  uint64_t carry = *ones & bits;
  *ones ^= bits;
  uint64_t more = *twos & carry;
  *twos ^= carry;
  *fours |= more;  // four and above: no difference to the rules
}

static void step_words(int from) {
  for (int y = 0; y < H; y++) {
    const uint64_t *three[3] = {rows[from][(y + H - 1) % H], rows[from][y], rows[from][(y + 1) % H]};
    for (int i = 0; i < WORDS; i++) {
      uint64_t ones = 0, twos = 0, fours = 0;
      for (int k = 0; k < 3; k++) {
        add(west(three[k], i), &ones, &twos, &fours);
        add(east(three[k], i), &ones, &twos, &fours);
        if (k != 1) add(three[k][i], &ones, &twos, &fours);
      }
      rows[!from][y][i] = twos & ~fours & (ones | three[1][i]);
    }
  }
}

int main(int argc, char **argv) {
  int64_t steps = work(argc, argv, 500);
  uint64_t seed = 101, sum = 0;
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      uint8_t alive = random_below(&seed, 3) == 0;
      grid[0][y][x] = alive;
      rows[0][y][x / 64] |= (uint64_t)alive << (x % 64);
    }
  int at = 0;
  for (int64_t n = 0; n < steps; n++, at = !at) {
    step_bytes(at);
    step_words(at);
  }
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      if (grid[at][y][x] != (rows[at][y][x / 64] >> (x % 64) & 1)) return 1;
      sum += (uint64_t)grid[at][y][x] * (uint64_t)(y * W + x);
    }
  for (int64_t n = 0; n < 15 * steps; n++, at = !at) step_words(at);
  for (int y = 0; y < H; y++) sum = mix(sum, rows[at][y][y % WORDS]);
  return finish("life", sum);
}
