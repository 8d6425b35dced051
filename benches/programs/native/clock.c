// Linked to native programs with `--wrap=main`: the processor time of `main`, without that of starting a process,
// follows what the program prints.
#include <stdio.h>
#include <time.h>

int __real_main(int argc, char **argv);

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1000000000ll + t.tv_nsec;
}

int __wrap_main(int argc, char **argv) {
  long long start = now();
  int failed = __real_main(argc, argv);
  fflush(stdout);
  printf("\ntime %lld\n", now() - start);
  return failed;
}
