// strings | | words of a made-up text counted in a hash table, searched, split and joined
#include "bench.h"

typedef struct {
  const char *word;
  uint32_t hash, length, count;
} Entry;

static Entry *table;
static uint32_t capacity = 1024, filled;

static uint32_t hash_of(const char *s, uint32_t n) {
  uint32_t h = 2166136261u;
  for (uint32_t i = 0; i < n; i++) h = (h ^ (uint8_t)s[i]) * 16777619u;
  return h ^ h >> 15;
}

static Entry *slot(const char *word, uint32_t length, uint32_t hash) {
  uint32_t i = hash & (capacity - 1);
  while (table[i].word &&
         (table[i].hash != hash || table[i].length != length || memcmp(table[i].word, word, length)))
    i = (i + 1) & (capacity - 1);
  return &table[i];
}

static void grow(void) {
  Entry *old = table;
  uint32_t size = capacity;
  capacity *= 2;
  table = calloc(capacity, sizeof *table);
  for (uint32_t i = 0; i < size; i++)
    if (old[i].word) *slot(old[i].word, old[i].length, old[i].hash) = old[i];
  free(old);
}

static void count(const char *word, uint32_t length) {
  uint32_t hash = hash_of(word, length);
  Entry *e = slot(word, length, hash);
  if (e->word) {
    e->count++;
    return;
  }
  *e = (Entry){word, hash, length, 1};
  if (++filled * 4 > capacity * 3) grow();
}

static char *make_text(uint32_t size, uint64_t *seed) {
  static const char *const parts[] = {"ka", "lo", "mi", "ren", "sta", "tu", "vor", "wen", "zi", "pra", "do", "nel"};
  char *text = allocate(size + 32), *p = text;
  while (p < text + size) {
    uint32_t n = 1 + random_below(seed, 4);
    for (uint32_t i = 0; i < n; i++) {
      const char *part = parts[random_below(seed, LENGTH(parts))];
      size_t length = strlen(part);
      memcpy(p, part, length);
      p += length;
    }
    *p++ = random_below(seed, 12) ? ' ' : '\n';
  }
  *p = 0;
  return text;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 26);
  uint64_t seed = 23, sum = 0;
  for (int64_t r = 0; r < rounds; r++) {
    char *text = make_text(1 << 20, &seed);
    table = calloc(capacity = 1024, sizeof *table);
    filled = 0;
    for (const char *p = text; *p;) {
      size_t n = strcspn(p, " \n");
      if (n) count(p, (uint32_t)n);
      p += n + (p[n] != 0);
    }
    for (uint32_t i = 0; i < capacity; i++)
      if (table[i].word) sum += (uint64_t)table[i].hash * table[i].count;
    uint32_t found = 0;
    for (const char *p = text; (p = strstr(p, "lomi")); p++) found++;
    for (const char *p = text; (p = strchr(p, '\n')); p++) found += 3;
    char *copy = allocate(strlen(text) + 1), *end = copy;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
      size_t n = strlen(line);
      for (size_t i = 0; i < n; i++) end[i] = line[n - 1 - i];
      end += n;
      *end++ = ',';
    }
    sum = mix(sum, hash_of(copy, (uint32_t)(end - copy)) + found);
    free(copy);
    free(table);
    free(text);
  }
  return finish("strings", sum);
}
