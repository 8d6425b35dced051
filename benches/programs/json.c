// json | | parses a document into a tree, looks members up, prints it again
#include "bench.h"

typedef enum { NIL, FALSE, TRUE, NUMBER, STRING, ARRAY, OBJECT } Kind;
typedef struct Value Value;
struct Value {
  Kind kind;
  double number;
  char *text;         // of a string
  const char *name;   // as a member of an object
  Value *first, *next;
};

static char *arena;
static size_t arena_used;
enum { ARENA = 48 << 20 };

static void *place(size_t bytes) {
  void *p = arena + arena_used;
  arena_used += (bytes + 7) & ~(size_t)7;
  if (arena_used > ARENA) exit(1);
  return p;
}

static const char *in;

static void space(void) {
  while (*in == ' ' || *in == '\n' || *in == '\t' || *in == '\r') in++;
}
static void want(char c) {
  if (*in++ != c) exit(1);
}

static uint32_t hex4(void) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) {
    char c = *in++;
    v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  }
  return v;
}

static char *string(void) {
  want('"');
  const char *end = in;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  char *text = place((size_t)(end - in) + 1), *out = text;
  while (*in != '"') {
    char c = *in++;
    if (c != '\\') {
      *out++ = c;
      continue;
    }
    switch (c = *in++) {
      case 'n': *out++ = '\n'; break;
      case 't': *out++ = '\t'; break;
      case 'u': {
        uint32_t u = hex4();
        if (u < 0x80) *out++ = (char)u;
        else if (u < 0x800) *out++ = (char)(0xc0 | u >> 6), *out++ = (char)(0x80 | (u & 63));
        else *out++ = (char)(0xe0 | u >> 12), *out++ = (char)(0x80 | (u >> 6 & 63)), *out++ = (char)(0x80 | (u & 63));
        break;
      }
      default: *out++ = c;
    }
  }
  in++;
  *out = 0;
  return text;
}

static double number(void) {
  static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  int negative = *in == '-';
  in += negative;
  int64_t digits = 0;
  int fraction = 0;
  for (; *in >= '0' && *in <= '9'; in++) digits = digits * 10 + (*in - '0');
  if (*in == '.')
    for (in++; *in >= '0' && *in <= '9'; in++, fraction++) digits = digits * 10 + (*in - '0');
  double v = (double)digits / powers[fraction];
  return negative ? -v : v;
}

static Value *value(void) {
  Value *v = place(sizeof *v);
  memset(v, 0, sizeof *v);
  space();
  Value **tail = &v->first;
  switch (*in) {
    case '{':
      v->kind = OBJECT;
      for (in++, space(); *in != '}'; space()) {
        char *name = string();
        space();
        want(':');
        *tail = value();
        (*tail)->name = name;
        tail = &(*tail)->next;
        space();
        if (*in == ',') in++, space();
      }
      in++;
      break;
    case '[':
      v->kind = ARRAY;
      for (in++, space(); *in != ']'; space()) {
        *tail = value();
        tail = &(*tail)->next;
        space();
        if (*in == ',') in++;
      }
      in++;
      break;
    case '"': v->kind = STRING, v->text = string(); break;
    case 't': v->kind = TRUE, in += 4; break;
    case 'f': v->kind = FALSE, in += 5; break;
    case 'n': v->kind = NIL, in += 4; break;
    default: v->kind = NUMBER, v->number = number();
  }
  return v;
}

static char *out;

static void print_text(const char *s) {
  *out++ = '"';
  for (; *s; s++) switch (*s) {
      case '"': case '\\': *out++ = '\\', *out++ = *s; break;
      case '\n': *out++ = '\\', *out++ = 'n'; break;
      case '\t': *out++ = '\\', *out++ = 't'; break;
      default: *out++ = *s;
    }
  *out++ = '"';
}

static void print_number(double v) {
  char digits[24];
  int n = 0;
  if (v < 0) *out++ = '-', v = -v;
  uint64_t thousandths = (uint64_t)(v * 1000 + 0.5), whole = thousandths / 1000, rest = thousandths % 1000;
  do digits[n++] = (char)('0' + whole % 10); while (whole /= 10);
  while (n) *out++ = digits[--n];
  if (rest) *out++ = '.', *out++ = (char)('0' + rest / 100), *out++ = (char)('0' + rest / 10 % 10), *out++ = (char)('0' + rest % 10);
}

static void print(const Value *v) {
  static const char *const words[] = {"null", "false", "true"};
  switch (v->kind) {
    case NUMBER: print_number(v->number); break;
    case STRING: print_text(v->text); break;
    case ARRAY: case OBJECT:
      *out++ = v->kind == ARRAY ? '[' : '{';
      for (const Value *c = v->first; c; c = c->next) {
        if (v->kind == OBJECT) print_text(c->name), *out++ = ':';
        print(c);
        if (c->next) *out++ = ',';
      }
      *out++ = v->kind == ARRAY ? ']' : '}';
      break;
    default:
      for (const char *w = words[v->kind]; *w;) *out++ = *w++;
  }
}

static const Value *member(const Value *object, const char *name) {
  for (const Value *c = object->first; c; c = c->next)
    if (!strcmp(c->name, name)) return c;
  return NULL;
}

static char *make_document(int records, uint64_t *seed) {
  char *text = allocate((size_t)records * 400 + 64), *p = text;
  p += sprintf(p, "{\"version\": 3, \"records\": [");
  for (int i = 0; i < records; i++) {
    uint32_t r = random32(seed);
    p += sprintf(p, "%s\n  {\"id\": %d, \"name\": \"item \\\"%x\\\" \\u00e9\\u20ac\", \"price\": %u.%03u, \"tags\": [\"a%u\", \"line\\n%u\", \"\"],",
                 i ? "," : "", i, (unsigned)r, (unsigned)(r % 1000), (unsigned)(r >> 8) % 1000, (unsigned)(r & 7), (unsigned)(r >> 5 & 15));
    p += sprintf(p, " \"position\": {\"x\": %d.5, \"y\": -%u.25, \"deep\": [[[%u]], {}]}, \"active\": %s, \"parent\": null}",
                 (int)(r % 2000) - 1000, (unsigned)(r % 77), (unsigned)(r % 10), r & 1 ? "true" : "false");
  }
  sprintf(p, "]}");
  return text;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 64);
  uint64_t seed = 59, sum = 0;
  arena = allocate(ARENA);
  for (int64_t r = 0; r < rounds; r++) {
    char *text = r % 8 == 0 ? make_document(8000, &seed) : NULL;
    static char *kept;
    if (text) free(kept), kept = text;
    arena_used = 0;
    in = kept;
    Value *root = value();
    double total = 0;
    for (const Value *c = member(root, "records")->first; c; c = c->next)
      if (member(c, "active")->kind == TRUE) total += member(c, "price")->number + member(member(c, "position"), "x")->number;
    char *printed = out = allocate(strlen(kept) * 2);
    print(root);
    for (const char *p = printed; p < out; p += 37) sum = mix(sum, (uint8_t)*p);
    sum = mix_double(mix(sum, (uint64_t)(out - printed)), total);
    free(printed);
  }
  return finish("json", sum);
}
