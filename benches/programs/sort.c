// sorting | | quicksort, merge sort, heap sort, radix sort and insertion sort over several kinds of input
#include "bench.h"

enum { N = 1 << 17 };
typedef struct {
  uint32_t key;
  int32_t value;
} Record;

static uint32_t input[N], a[N], b[N];
static Record records[N], spare[N];

static void insertion(uint32_t *p, int n) {
  for (int i = 1; i < n; i++) {
    uint32_t x = p[i];
    int j = i;
    for (; j > 0 && p[j - 1] > x; j--) p[j] = p[j - 1];
    p[j] = x;
  }
}

static void quick(uint32_t *p, int n) {
  while (n > 24) {
    uint32_t x = p[0], y = p[n / 2], z = p[n - 1];
    uint32_t pivot = x < y ? (y < z ? y : x < z ? z : x) : (x < z ? x : y < z ? z : y);
    int i = 0, j = n - 1;
    while (i <= j) {
      while (p[i] < pivot) i++;
      while (p[j] > pivot) j--;
      if (i <= j) {
        uint32_t t = p[i];
        p[i++] = p[j];
        p[j--] = t;
      }
    }
    if (j + 1 < n - i) {
      quick(p, j + 1);
      p += i, n -= i;
    } else {
      quick(p + i, n - i);
      n = j + 1;
    }
  }
  insertion(p, n);
}

static void sift(uint32_t *p, int root, int n) {
  uint32_t x = p[root];
  for (int child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && p[child + 1] > p[child]) child++;
    if (p[child] <= x) break;
    p[root] = p[child];
  }
  p[root] = x;
}

static void heap(uint32_t *p, int n) {
  for (int i = n / 2 - 1; i >= 0; i--) sift(p, i, n);
  for (int i = n - 1; i > 0; i--) {
    uint32_t t = p[0];
    p[0] = p[i];
    p[i] = t;
    sift(p, 0, i);
  }
}

static void radix(uint32_t *p, uint32_t *q) {
  for (int shift = 0; shift < 32; shift += 8) {
    uint32_t starts[257] = {0};
    for (int i = 0; i < N; i++) starts[(p[i] >> shift & 255) + 1]++;
    for (int d = 0; d < 256; d++) starts[d + 1] += starts[d];
    for (int i = 0; i < N; i++) q[starts[p[i] >> shift & 255]++] = p[i];
    uint32_t *t = p;
    p = q;
    q = t;
  }
}

// Stable, bottom up, with a comparison through a pointer as in qsort.
static void merge(Record *p, Record *q, int n, int (*compare)(const Record *, const Record *)) {
  for (int width = 1; width < n; width *= 2) {
    for (int start = 0; start < n; start += 2 * width) {
      int mid = start + width < n ? start + width : n, end = start + 2 * width < n ? start + 2 * width : n;
      int i = start, j = mid;
      for (int k = start; k < end; k++) q[k] = j >= end || (i < mid && compare(&p[i], &p[j]) <= 0) ? p[i++] : p[j++];
    }
    Record *t = p;
    p = q;
    q = t;
  }
  if (p != records) memcpy(records, p, (size_t)n * sizeof *p);
}

static int by_key(const Record *x, const Record *y) { return (x->key > y->key) - (x->key < y->key); }
static int by_value_down(const Record *x, const Record *y) { return (y->value > x->value) - (y->value < x->value); }

static void fill(int kind, uint64_t *seed) {
  for (int i = 0; i < N; i++) switch (kind) {
      case 0: input[i] = random32(seed); break;
      case 1: input[i] = (uint32_t)i * 3; break;
      case 2: input[i] = (uint32_t)(N - i); break;
      case 3: input[i] = random_below(seed, 100); break;
      default: input[i] = (uint32_t)i ^ (random_below(seed, 50) == 0 ? 0xfff : 0);
    }
}

static uint64_t checked(const uint32_t *p) {
  for (int i = 1; i < N; i++)
    if (p[i - 1] > p[i]) exit(1);
  return mix(p[1], p[N / 2]);
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 4);
  uint64_t seed = 77, sum = 0;
  for (int64_t r = 0; r < rounds; r++)
    for (int kind = 0; kind < 5; kind++) {
      fill(kind, &seed);
      memcpy(a, input, sizeof a);
      quick(a, N);
      sum = mix(sum, checked(a));
      memcpy(a, input, sizeof a);
      heap(a, N);
      sum = mix(sum, checked(a));
      memcpy(a, input, sizeof a);
      radix(a, b);
      sum = mix(sum, checked(a));
      for (int i = 0; i < N; i++) records[i] = (Record){input[i], (int32_t)(input[(i * 7) % N] & 1023)};
      merge(records, spare, N, by_key);
      merge(records, spare, N, by_value_down);
      for (int i = 0; i < N; i += 331) sum = mix(sum, records[i].key);
    }
  return finish("sort", sum);
}
