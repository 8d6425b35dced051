// indirect | | method tables and callbacks: shapes, expression trees, an event queue
#include "bench.h"

typedef struct Shape Shape;
typedef struct {
  int64_t (*area)(const Shape *);
  void (*grow)(Shape *, int32_t);
} Methods;
struct Shape {
  const Methods *methods;
  int32_t w, h;
};

static int64_t rectangle_area(const Shape *s) { return (int64_t)s->w * s->h; }
static int64_t triangle_area(const Shape *s) { return (int64_t)s->w * s->h / 2; }
static int64_t square_area(const Shape *s) { return (int64_t)s->w * s->w; }
static int64_t rhombus_area(const Shape *s) { return ((int64_t)s->w + s->h) * 3; }
static void grow_both(Shape *s, int32_t by) { s->w = (s->w + by) & 1023, s->h = (s->h + by) & 1023; }
static void grow_width(Shape *s, int32_t by) { s->w = (s->w + 2 * by) & 1023; }
static const Methods kinds[] = {
    {rectangle_area, grow_both}, {triangle_area, grow_width}, {square_area, grow_width}, {rhombus_area, grow_both}};

typedef struct Node Node;
struct Node {
  int64_t (*evaluate)(const Node *, int64_t);
  const Node *left, *right;
  int64_t value;
};
static int64_t eval_constant(const Node *n, int64_t x) { return n->value + (x & 1); }
static int64_t eval_input(const Node *n, int64_t x) { return x ^ n->value; }
static int64_t eval_add(const Node *n, int64_t x) {
  return n->left->evaluate(n->left, x) + n->right->evaluate(n->right, x);
}
static int64_t eval_multiply(const Node *n, int64_t x) {
  return (int64_t)((uint64_t)n->left->evaluate(n->left, x) * (uint64_t)n->right->evaluate(n->right, x + 1));
}
static int64_t eval_choose(const Node *n, int64_t x) {
  const Node *side = x & n->value ? n->left : n->right;
  return side->evaluate(side, x >> 1);
}

static Node pool[1 << 12];
static int used;

static const Node *tree(int depth, uint64_t *seed) {
  static int64_t (*const inner[])(const Node *, int64_t) = {eval_add, eval_multiply, eval_choose};
  Node *n = &pool[used++];
  n->value = (int64_t)(random64(seed) >> 40);
  if (depth == 0) {
    n->evaluate = random64(seed) & 1 ? eval_constant : eval_input;
    return n;
  }
  n->evaluate = inner[random_below(seed, 3)];
  n->left = tree(depth - 1, seed);
  n->right = tree(depth - 1, seed);
  return n;
}

typedef uint32_t (*Handler)(uint32_t state, uint32_t event);
static uint32_t on_add(uint32_t s, uint32_t e) { return s + e; }
static uint32_t on_turn(uint32_t s, uint32_t e) { return s << (e & 31) | s >> (-e & 31); }
static uint32_t on_flip(uint32_t s, uint32_t e) { return s ^ e * 2654435761u; }
static uint32_t on_drop(uint32_t s, uint32_t e) { return s - (e >> 3); }
static Handler handlers[] = {on_add, on_turn, on_flip, on_drop, on_turn, on_flip, on_add, on_drop};

int main(int argc, char **argv) {
  enum { SHAPES = 1000 };
  static Shape shapes[SHAPES];
  uint64_t seed = 17, sum = 0;
  for (int i = 0; i < SHAPES; i++)
    shapes[i] = (Shape){&kinds[random_below(&seed, LENGTH(kinds))], (int32_t)random_below(&seed, 1000), i};
  int64_t total = 0;
  for (int64_t r = work(argc, argv, 15000); r > 0; r--)
    for (int i = 0; i < SHAPES; i++) {
      Shape *s = &shapes[i];
      total += s->methods->area(s);
      s->methods->grow(s, (int32_t)r & 7);
    }
  sum = mix(sum, (uint64_t)total);
  const Node *root = tree(9, &seed);
  for (int64_t r = work(argc, argv, 80000); r > 0; r--) sum = mix(sum, (uint64_t)root->evaluate(root, r));
  uint32_t state = 1;
  for (int64_t r = work(argc, argv, 30000000); r > 0; r--) state = handlers[(state >> 7) & 7](state, (uint32_t)r);
  return finish("dispatch", mix(sum, state));
}
