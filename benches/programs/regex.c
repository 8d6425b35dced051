// strings | | regular expressions: compiled to an automaton and run in parallel, and by backtracking
#include "bench.h"

typedef enum { CHAR, ANY, CLASS, SPLIT, JUMP, MATCH } Op;
typedef struct {
  Op op;
  int a, b;  // CHAR: a; SPLIT: both targets, the first preferred; JUMP: a
  uint64_t set[4];
} Inst;

enum { MAX = 256 };
static Inst code[MAX];
static int size;
static const char *pattern;

static int emit(Op op, int a, int b) {
  code[size] = (Inst){op, a, b, {0}};
  return size++;
}

// Makes room for one instruction at `at`; targets that lie behind it move with the code.
static void insert(int at, Op op, int a, int b) {
  for (int i = size; i > at; i--) code[i] = code[i - 1];
  size++;
  for (int i = at + 1; i < size; i++)
    if (code[i].op == SPLIT || code[i].op == JUMP) {
      if (code[i].a >= at) code[i].a++;
      if (code[i].op == SPLIT && code[i].b >= at) code[i].b++;
    }
  code[at] = (Inst){op, a, b, {0}};
}

static void alternatives(void);

static void atom(void) {
  char c = *pattern++;
  if (c == '(') {
    alternatives();
    pattern++;
  } else if (c == '[') {
    int at = emit(CLASS, 0, 0), negate = *pattern == '^';
    pattern += negate;
    for (; *pattern != ']'; pattern++) {
      uint8_t from = (uint8_t)*pattern, to = from;
      if (pattern[1] == '-' && pattern[2] != ']') pattern += 2, to = (uint8_t)*pattern;
      for (int k = from; k <= to; k++) code[at].set[k >> 6] |= 1ull << (k & 63);
    }
    pattern++;
    if (negate) for (int k = 0; k < 4; k++) code[at].set[k] = ~code[at].set[k];
  } else if (c == '.') {
    emit(ANY, 0, 0);
  } else {
    emit(CHAR, c == '\\' ? *pattern++ : c, 0);
  }
}

static void sequence(void) {
  while (*pattern && *pattern != '|' && *pattern != ')') {
    int start = size;
    atom();
    if (*pattern == '*') {
      insert(start, SPLIT, start + 1, size + 2);
      emit(JUMP, start, 0);
      pattern++;
    } else if (*pattern == '+') {
      emit(SPLIT, start, size + 1);
      pattern++;
    } else if (*pattern == '?') {
      insert(start, SPLIT, start + 1, size + 1);
      pattern++;
    }
  }
}

static void alternatives(void) {
  int start = size;
  sequence();
  while (*pattern == '|') {
    pattern++;
    insert(start, SPLIT, start + 1, size + 2);
    int jump = emit(JUMP, 0, 0);
    sequence();
    code[jump].a = size;
  }
}

static void compile(const char *text) {
  pattern = text;
  size = 0;
  alternatives();
  emit(MATCH, 0, 0);
}

static inline int takes(const Inst *i, uint8_t c) {
  return i->op == CHAR ? c == (uint8_t)i->a : i->op == ANY ? c != '\n' : (i->set[c >> 6] >> (c & 63)) & 1;
}

typedef struct {
  int count, at[MAX], mark[MAX];
} Set;
static Set sets[2];

static void follow(Set *s, int pc, int stamp) {
  if (s->mark[pc] == stamp) return;
  s->mark[pc] = stamp;
  if (code[pc].op == JUMP) {
    follow(s, code[pc].a, stamp);
  } else if (code[pc].op == SPLIT) {
    follow(s, code[pc].a, stamp);
    follow(s, code[pc].b, stamp);
  } else {
    s->at[s->count++] = pc;
  }
}

// How many characters of the text end a match that starts anywhere before.
static uint32_t in_parallel(const char *text) {
  static int stamp;
  uint32_t ends = 0;
  Set *now = &sets[0], *then = &sets[1];
  now->count = 0;
  stamp++;
  for (const char *p = text;; p++) {
    follow(now, 0, stamp);
    then->count = 0;
    stamp++;
    int matched = 0;
    for (int i = 0; i < now->count; i++) {
      const Inst *inst = &code[now->at[i]];
      if (inst->op == MATCH) matched = 1;
      else if (*p && takes(inst, (uint8_t)*p)) follow(then, now->at[i] + 1, stamp);
    }
    ends += (uint32_t)matched;
    if (!*p) return ends;
    Set *t = now;
    now = then;
    then = t;
  }
}

static const char *backtrack(int pc, const char *p) {
  for (;;) switch (code[pc].op) {
      case MATCH: return p;
      case JUMP: pc = code[pc].a; break;
      case SPLIT: {
        const char *end = backtrack(code[pc].a, p);
        if (end) return end;
        pc = code[pc].b;
        break;
      }
      default:
        if (!*p || !takes(&code[pc], (uint8_t)*p)) return NULL;
        pc++, p++;
    }
}

int main(int argc, char **argv) {
  static const char *const patterns[] = {"[a-z]+@[a-z]+\\.(com|org|net)", "(ab|ba)*c", "[0-9]+(\\.[0-9]+)?", "x[^ ]*y",
                                         "(error|warning): .*[0-9]"};
  enum { SIZE = 1 << 15 };
  static char text[SIZE + 1];
  static const char *const pieces[] = {"joe@site.com ", "abbaabc ", "3.1415 ", "xenology ", "error: line 7\n", "plain words ", "warning: none\n", "baba "};
  uint64_t seed = 61, sum = 0;
  for (int64_t r = work(argc, argv, 100); r > 0; r--) {
    for (int i = 0; i < SIZE;)
      for (const char *p = pieces[random_below(&seed, LENGTH(pieces))]; *p && i < SIZE;) text[i++] = *p++;
    for (size_t k = 0; k < LENGTH(patterns); k++) {
      compile(patterns[k]);
      uint32_t found = 0;
      for (const char *p = text; *p;) {
        const char *end = backtrack(0, p);
        if (end && end > p) found++, p = end;
        else p++;
      }
      sum = mix(sum, (uint64_t)found << 32 | in_parallel(text));
    }
  }
  return finish("regex", sum);
}
