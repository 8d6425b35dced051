// interpreter | | a stack machine in a switch: an assembler, loops, calls and array programs
#include "bench.h"

typedef enum { PUSH, LOAD, STORE, GET, PUT, ADD, SUB, MUL, REM, LESS, JUMP, JUMP_IF_ZERO, CALL, RETURN, DUP, DROP, HALT } Op;
typedef struct {
  uint8_t op;
  int32_t arg;
} Code;

enum { STACK = 4096, CELLS = 1 << 16 };
static Code program[256];
static int length;
static int64_t stack[STACK];
static int32_t frames[STACK];
static int64_t locals[64];
static int32_t cells[CELLS];

static int emit(Op op, int32_t arg) {
  program[length] = (Code){(uint8_t)op, arg};
  return length++;
}

static int64_t run(int32_t pc, uint64_t *executed) {
  int64_t *top = stack;
  int32_t *frame = frames;
  uint64_t steps = 0;
  for (;;) {
    Code c = program[pc++];
    steps++;
    switch ((Op)c.op) {
      case PUSH: *++top = c.arg; break;
      case LOAD: *++top = locals[c.arg]; break;
      case STORE: locals[c.arg] = *top--; break;
      case GET: *top = cells[*top & (CELLS - 1)]; break;
      case PUT: top -= 2; cells[top[1] & (CELLS - 1)] = (int32_t)top[2]; break;
      case ADD: top--; *top += top[1]; break;
      case SUB: top--; *top -= top[1]; break;
      case MUL: top--; *top = (int32_t)((uint32_t)*top * (uint32_t)top[1]); break;
      case REM: top--; *top = top[1] ? *top % top[1] : 0; break;
      case LESS: top--; *top = *top < top[1]; break;
      case JUMP: pc = c.arg; break;
      case JUMP_IF_ZERO: if (*top-- == 0) pc = c.arg; break;
      case CALL: *++frame = pc; pc = c.arg; break;
      case RETURN: pc = *frame--; break;
      case DUP: top++; *top = top[-1]; break;
      case DROP: top--; break;
      case HALT: *executed += steps; return *top;
    }
  }
}

// for (local = from; local < to; local++) { body }: returns where the body starts.
static int loop_begin(int local, int32_t from, int32_t to, int *leave) {
  emit(PUSH, from);
  emit(STORE, local);
  int start = emit(LOAD, local);
  emit(PUSH, to);
  emit(LESS, 0);
  *leave = emit(JUMP_IF_ZERO, 0);
  return start;
}
static void loop_end(int local, int start, int leave) {
  emit(LOAD, local);
  emit(PUSH, 1);
  emit(ADD, 0);
  emit(STORE, local);
  emit(JUMP, start);
  program[leave].arg = length;
}

// A sieve: marks the multiples of every number, counts what is left.
static int assemble_sieve(int32_t limit) {
  int entry = length, leave, inner_leave, start = loop_begin(0, 2, limit, &leave);
  emit(LOAD, 0), emit(GET, 0);
  int composite = emit(JUMP_IF_ZERO, 0), skip = emit(JUMP, 0);
  program[composite].arg = length;
  emit(LOAD, 2), emit(PUSH, 1), emit(ADD, 0), emit(STORE, 2);
  emit(LOAD, 0), emit(DUP, 0), emit(ADD, 0), emit(STORE, 1);
  int again = emit(LOAD, 1);
  emit(PUSH, limit), emit(LESS, 0);
  inner_leave = emit(JUMP_IF_ZERO, 0);
  emit(LOAD, 1), emit(PUSH, 1), emit(PUT, 0);
  emit(LOAD, 1), emit(LOAD, 0), emit(ADD, 0), emit(STORE, 1), emit(JUMP, again);
  program[inner_leave].arg = length;
  program[skip].arg = length;
  loop_end(0, start, leave);
  emit(LOAD, 2), emit(HALT, 0);
  return entry;
}

// A linear congruential generator in a function, called in nested loops.
static int assemble_calls(int32_t outer, int32_t inner) {
  int leave, inner_leave, entry = length;
  int over = emit(JUMP, 0), function = length;
  emit(LOAD, 5), emit(PUSH, 1103515245), emit(MUL, 0), emit(PUSH, 12345), emit(ADD, 0), emit(STORE, 5);
  emit(LOAD, 5), emit(PUSH, 1000), emit(REM, 0), emit(RETURN, 0);
  program[over].arg = length;
  int start = loop_begin(3, 0, outer, &leave), inside = loop_begin(4, 0, inner, &inner_leave);
  emit(LOAD, 6), emit(CALL, function), emit(ADD, 0), emit(STORE, 6);
  loop_end(4, inside, inner_leave);
  loop_end(3, start, leave);
  emit(LOAD, 6), emit(HALT, 0);
  return entry;
}

int main(int argc, char **argv) {
  int64_t rounds = work(argc, argv, 26);
  uint64_t sum = 0, steps = 0;
  int sieve = assemble_sieve(60000), calls = assemble_calls(1000, 120);
  for (int64_t r = 0; r < rounds; r++) {
    memset(cells, 0, sizeof cells);
    memset(locals, 0, sizeof locals);
    locals[5] = r;
    sum = mix(sum, (uint64_t)run(sieve, &steps));
    sum = mix(sum, (uint64_t)run(calls, &steps));
  }
  return finish("interpreter", mix(sum, steps));
}
