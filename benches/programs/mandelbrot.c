// integer | | the Mandelbrot set in 64-bit fixed point
#include "bench.h"

enum { FRACTION = 28, LIMIT = 200 };

static int escape(int64_t cr, int64_t ci) {
  int64_t r = 0, i = 0;
  for (int n = 0; n < LIMIT; n++) {
    int64_t rr = (r * r) >> FRACTION, ii = (i * i) >> FRACTION;
    if (rr + ii > (int64_t)4 << FRACTION) return n;
    i = ((r * i) >> (FRACTION - 1)) + ci;
    r = rr - ii + cr;
  }
  return LIMIT;
}

int main(int argc, char **argv) {
  int rows = (int)work(argc, argv, 2500), columns = 1000;
  uint64_t sum = 0;
  for (int y = 0; y < rows; y++) {
    int64_t ci = (((int64_t)y * 2) << FRACTION) / rows - ((int64_t)1 << FRACTION);
    uint64_t row = 0;
    for (int x = 0; x < columns; x++) {
      int64_t cr = (((int64_t)x * 3) << FRACTION) / columns - ((int64_t)2 << FRACTION);
      row += (uint64_t)escape(cr, ci) * (uint64_t)(x + 1);
    }
    sum = mix(sum, row);
  }
  return finish("mandelbrot", sum);
}
