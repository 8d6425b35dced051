// compression | | LZ77 with hash chains and canonical Huffman codes; packs, unpacks and compares
#include "bench.h"

enum { SIZE = 1 << 19, WINDOW = 1 << 15, HASH = 1 << 14, MIN_MATCH = 4, MAX_MATCH = 255 + MIN_MATCH, CHAIN = 24 };
enum { SYMBOLS = 512, MATCH = 256, MAX_BITS = 15 };  // below MATCH: a byte; from MATCH: a match of length - MIN_MATCH

static uint8_t source[SIZE], result[SIZE], packed[SIZE * 2];
static int32_t heads[HASH], chain[WINDOW];
static uint16_t symbols[SIZE], distances[SIZE];

static void make_source(uint64_t *seed) {
  static const char *const words[] = {"stream ", "of ", "tokens ", "repeated ", "in ", "various ", "orders; ", "every ",
                                      "block ", "contains ", "something ", "new ", "0x", "\n", "and ", "the "};
  for (int i = 0; i < SIZE;) {
    if (random_below(seed, 12) == 0) {
      for (int n = 0; n < 6 && i < SIZE; n++) source[i++] = (uint8_t)('a' + random_below(seed, 26));
    } else {
      for (const char *w = words[random_below(seed, LENGTH(words))]; *w && i < SIZE;) source[i++] = (uint8_t)*w++;
    }
  }
}

static uint32_t hash_at(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return v * 2654435761u >> 18;
}

static int find_matches(void) {
  int count = 0;
  for (int i = 0; i < HASH; i++) heads[i] = -1;
  for (int i = 0; i < SIZE;) {
    int best = MIN_MATCH - 1, at = 0, limit = SIZE - i < MAX_MATCH ? SIZE - i : MAX_MATCH;
    if (limit >= MIN_MATCH) {
      int candidate = heads[hash_at(source + i)];
      for (int n = 0; n < CHAIN && candidate >= 0 && i - candidate < WINDOW; n++) {
        if (source[candidate + best] == source[i + best]) {
          int length = 0;
          while (length < limit && source[candidate + length] == source[i + length]) length++;
          if (length > best) best = length, at = i - candidate;
          if (length == limit) break;
        }
        candidate = chain[candidate & (WINDOW - 1)];
      }
    }
    int step = best >= MIN_MATCH ? best : 1;
    symbols[count] = (uint16_t)(step > 1 ? MATCH + best - MIN_MATCH : source[i]);
    distances[count++] = (uint16_t)(step > 1 ? at : 0);
    for (; step > 0; step--, i++)
      if (SIZE - i >= MIN_MATCH) {
        uint32_t h = hash_at(source + i);
        chain[i & (WINDOW - 1)] = heads[h];
        heads[h] = i;
      }
  }
  return count;
}

// Code lengths by repeatedly joining the two lightest trees; weights are flattened until none is too long.
static void code_lengths(uint32_t *weights, uint8_t *lengths) {
  for (;;) {
    static uint32_t weight[2 * SYMBOLS];
    static int16_t parent[2 * SYMBOLS];
    int nodes = SYMBOLS, longest = 0;
    memcpy(weight, weights, SYMBOLS * sizeof *weights);
    memset(parent, -1, sizeof parent);
    for (;;) {
      int first = -1, second = -1;
      for (int i = 0; i < nodes; i++) {
        if (weight[i] == 0 || parent[i] >= 0) continue;
        if (first < 0 || weight[i] < weight[first]) second = first, first = i;
        else if (second < 0 || weight[i] < weight[second]) second = i;
      }
      if (second < 0) break;
      weight[nodes] = weight[first] + weight[second];
      parent[first] = parent[second] = (int16_t)nodes++;
    }
    for (int i = 0; i < SYMBOLS; i++) {
      int depth = 0;
      if (weights[i]) for (int n = i; parent[n] >= 0; n = parent[n]) depth++;
      lengths[i] = (uint8_t)depth;
      if (depth > longest) longest = depth;
    }
    if (longest <= MAX_BITS) return;
    for (int i = 0; i < SYMBOLS; i++) if (weights[i]) weights[i] = weights[i] / 2 + 1;
  }
}

static void first_codes(const uint8_t *lengths, uint32_t *counts, uint32_t *first) {
  memset(counts, 0, (MAX_BITS + 1) * sizeof *counts);
  for (int i = 0; i < SYMBOLS; i++) counts[lengths[i]]++;
  counts[0] = 0;
  uint32_t code = 0;
  for (int bits = 1; bits <= MAX_BITS; bits++) first[bits] = code = (code + counts[bits - 1]) << 1;
}

static size_t pack(int count, uint8_t *lengths) {
  static uint32_t weights[SYMBOLS], codes[SYMBOLS];
  uint32_t counts[MAX_BITS + 1], next[MAX_BITS + 1];
  memset(weights, 0, sizeof weights);
  for (int i = 0; i < count; i++) weights[symbols[i]]++;
  code_lengths(weights, lengths);
  first_codes(lengths, counts, next);
  for (int i = 0; i < SYMBOLS; i++) if (lengths[i]) codes[i] = next[lengths[i]]++;
  uint64_t bits = 0;
  int filled = 0;
  uint8_t *out = packed;
  for (int i = 0; i < count; i++) {
    bits = bits << lengths[symbols[i]] | codes[symbols[i]];
    filled += lengths[symbols[i]];
    if (symbols[i] >= MATCH) bits = bits << 15 | distances[i], filled += 15;
    for (; filled >= 8; filled -= 8) *out++ = (uint8_t)(bits >> (filled - 8));
  }
  *out++ = (uint8_t)(bits << (8 - filled));
  *out++ = 0, *out++ = 0, *out++ = 0;
  return (size_t)(out - packed);
}

static void unpack(const uint8_t *lengths) {
  uint32_t counts[MAX_BITS + 1], first[MAX_BITS + 1], start[MAX_BITS + 1], filled = 0;
  static uint16_t order[SYMBOLS];
  first_codes(lengths, counts, first);
  for (int bits = 1; bits <= MAX_BITS; bits++) {
    start[bits] = filled;
    for (int i = 0; i < SYMBOLS; i++) if (lengths[i] == bits) order[filled++] = (uint16_t)i;
  }
  const uint8_t *in = packed;
  uint32_t buffer = 0;
  int left = 0;
  for (int i = 0; i < SIZE;) {
    uint32_t code = 0;
    int bits = 0;
    do {
      if (left == 0) buffer = *in++, left = 8;
      code = code << 1 | (buffer >> --left & 1);
      bits++;
    } while (code - first[bits] >= counts[bits]);
    int symbol = order[start[bits] + code - first[bits]];
    if (symbol < MATCH) {
      result[i++] = (uint8_t)symbol;
      continue;
    }
    uint32_t distance = 0;
    for (int need = 15; need > 0;) {
      if (left == 0) buffer = *in++, left = 8;
      int take = need < left ? need : left;
      distance = distance << take | (buffer >> (left - take) & ((1u << take) - 1));
      left -= take;
      need -= take;
    }
    for (int n = symbol - MATCH + MIN_MATCH; n > 0; n--, i++) result[i] = result[i - (int)distance];
  }
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 30);
  uint64_t seed = 41, sum = 0;
  static uint8_t lengths[SYMBOLS];
  for (int64_t r = 0; r < rounds; r++) {
    make_source(&seed);
    size_t size = pack(find_matches(), lengths);
    memset(result, 0, sizeof result);
    unpack(lengths);
    if (memcmp(source, result, SIZE)) return 1;
    sum = mix(sum, size);
    for (size_t i = 0; i < size; i += 61) sum = mix(sum, packed[i]);
  }
  return finish("compress", sum);
}
