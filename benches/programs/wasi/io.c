// process | | system calls: what to call, how often, and in which folder
#include "../bench.h"

#include <dirent.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 65536
// The file is written over and over: what is measured is the call, not a disk.
#define BLOCKS_OF_FILE 64

static char block[BLOCK];
static char path[4096];

static int fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_file(int flags) {
  int fd = open(path, flags, 0666);
  return fd < 0 ? fail(path) : fd;
}

static uint64_t blocks(int64_t n, int writes) {
  int fd = open_file(writes ? O_WRONLY : O_RDONLY);
  uint64_t sum = 0;
  for (int64_t i = 0; i < n; i++) {
    if (i % BLOCKS_OF_FILE == 0 && lseek(fd, 0, SEEK_SET) != 0) fail("lseek");
    ssize_t done = writes ? write(fd, block, BLOCK) : read(fd, block, BLOCK);
    if (done != BLOCK) fail("short transfer");
    sum += (uint64_t)done;
  }
  close(fd);
  return sum;
}

static uint64_t bytes(int64_t n) {
  int fd = open_file(O_WRONLY);
  for (int64_t i = 0; i < n; i++)
    if (write(fd, block, 1) != 1) fail("write");
  close(fd);
  return (uint64_t)n;
}

static uint64_t clocks(int64_t n) {
  struct timespec first, now;
  clock_gettime(CLOCK_MONOTONIC, &first);
  for (int64_t i = 0; i < n; i++) clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec >= first.tv_sec;
}

static uint64_t list(int64_t n, const char *folder) {
  uint64_t found = 0;
  snprintf(path, sizeof path, "%s/many", folder);
  for (int64_t i = 0; i < n; i++) {
    DIR *dir = opendir(path);
    if (!dir) fail(path);
    while (readdir(dir)) found++;
    closedir(dir);
  }
  return found;
}

static uint64_t opens(int64_t n) {
  for (int64_t i = 0; i < n; i++) close(open_file(O_RDONLY));
  return (uint64_t)n;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int64_t n = atoll(argv[2]);
  snprintf(path, sizeof path, "%s/file", argv[3]);
  uint64_t sum;
  switch (argv[1][0]) {
    case 'w': sum = blocks(n, 1); break;
    case 'r': sum = blocks(n, 0); break;
    case 'b': sum = bytes(n); break;
    case 'c': sum = clocks(n); break;
    case 'l': sum = list(n, argv[3]); break;
    case 'o': sum = opens(n); break;
    default: return 2;
  }
  return finish("io", sum);
}
