// hash | | CRC-32 byte by byte and eight bytes at a time, and xxhash-like mixing of 64-bit words
#include "bench.h"

static uint32_t tables[8][256];

static void make_tables(void) {
  for (uint32_t n = 0; n < 256; n++) {
    uint32_t c = n;
    for (int bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
    tables[0][n] = c;
  }
  for (int t = 1; t < 8; t++)
    for (int n = 0; n < 256; n++) tables[t][n] = tables[t - 1][n] >> 8 ^ tables[0][tables[t - 1][n] & 255];
}

static uint32_t by_bytes(uint32_t crc, const uint8_t *p, size_t n) {
  crc = ~crc;
  for (; n; n--) crc = crc >> 8 ^ tables[0][(crc ^ *p++) & 255];
  return ~crc;
}

static uint32_t by_words(uint32_t crc, const uint8_t *p, size_t n) {
  crc = ~crc;
  for (; n >= 8; n -= 8, p += 8) {
    uint32_t a, b;
    memcpy(&a, p, 4);
    memcpy(&b, p + 4, 4);
    a ^= crc;
    crc = tables[7][a & 255] ^ tables[6][a >> 8 & 255] ^ tables[5][a >> 16 & 255] ^ tables[4][a >> 24] ^
          tables[3][b & 255] ^ tables[2][b >> 8 & 255] ^ tables[1][b >> 16 & 255] ^ tables[0][b >> 24];
  }
  return by_bytes(~crc, p, n);
}

static uint64_t by_lanes(const uint8_t *p, size_t n) {
  uint64_t lane[4] = {1, 2, 3, 4};
  for (; n >= 32; n -= 32, p += 32)
    for (int i = 0; i < 4; i++) {
      uint64_t v;
      memcpy(&v, p + 8 * i, 8);
      lane[i] += v * 0xc2b2ae3d27d4eb4full;
      lane[i] = (lane[i] << 31 | lane[i] >> 33) * 0x9e3779b185ebca87ull;
    }
  return mix(mix(mix(lane[0], lane[1]), lane[2]), lane[3]);
}

int main(int argc, char **argv) {
  enum { SIZE = 1 << 20 };
  static uint8_t data[SIZE];
  uint64_t seed = 13, sum = 0;
  make_tables();
  if (by_words(0, (const uint8_t *)"123456789", 9) != 0xcbf43926u) return 1;
  for (int i = 0; i < SIZE; i++) data[i] = (uint8_t)random64(&seed);
  for (int64_t r = work(argc, argv, 120); r > 0; r--) {
    uint32_t slow = by_bytes((uint32_t)r, data, SIZE), fast = by_words((uint32_t)r, data, SIZE);
    if (slow != fast) return 1;
    sum = mix(sum, by_lanes(data, SIZE) ^ fast);
    data[r & (SIZE - 1)] ^= (uint8_t)fast;
  }
  return finish("crc32", sum);
}
