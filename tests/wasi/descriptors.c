// Descriptors: numbers, moving them, flags, what can't be done with closed ones and with streams.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "errors.h"

#ifdef __wasi__
#include <wasi/libc.h>
static int move(int from, int to) { return __wasilibc_fd_renumber(from, to); }
#else
// A move to a number that is in use, as it is there.
static int move(int from, int to) {
    if (fcntl(to, F_GETFD) < 0 || fcntl(from, F_GETFD) < 0)
        return -1;
    if (from == to)
        return 0;
    return dup2(from, to) < 0 ? -1 : close(from);
}
#endif

static const char *contents(int fd) {
    static char buffer[64];
    int length = (int)pread(fd, buffer, sizeof buffer - 1, 0);
    if (length < 0)
        return error_name(errno);
    buffer[length] = 0;
    return buffer;
}

int main(void) {
    // The first number differs: directories that are given have some.
    int a = open("a", O_RDWR | O_CREAT, 0666), b = open("b", O_RDWR | O_CREAT, 0666), c = open("c", O_RDWR | O_CREAT, 0666);
    printf("numbers %d %d\n", b - a, c - a);
    write(a, "A", 1), write(b, "BB", 2), write(c, "CCC", 3);
    close(b);
    printf("the lowest that is free %d\n", open("b", O_RDWR) - a);
    printf("move %s", OUTCOME(move(c, a)));
    printf(", contents %s, position %d, old number %s\n", contents(a), (int)lseek(a, 0, SEEK_CUR), OUTCOME(read(c, "", 0)));
    printf("move to itself %s, contents %s\n", OUTCOME(move(a, a)), contents(a));
    printf("move of a closed one %s, to a closed one %s, far away %s\n", OUTCOME(move(c, a)), OUTCOME(move(a, c)), OUTCOME(move(a, 1000)));
    printf("still %s %s\n", contents(a), contents(b));
    printf("reused %d\n", open("a", O_RDONLY) - a);
    move(c, b);
    printf("moved again %s\n", contents(b));

    int flags = fcntl(a, F_GETFL);
    printf("read and write %d, append %d, nonblock %d\n", (flags & O_ACCMODE) == O_RDWR, !!(flags & O_APPEND), !!(flags & O_NONBLOCK));
    printf("set %s", OUTCOME(fcntl(a, F_SETFL, flags | O_NONBLOCK)));
    flags = fcntl(a, F_GETFL);
    printf(": append %d, nonblock %d\n", !!(flags & O_APPEND), !!(flags & O_NONBLOCK));
    const int ways[] = {O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_APPEND, O_RDWR | O_SYNC, O_WRONLY | O_DSYNC, O_RDONLY | O_NONBLOCK};
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        int fd = open("a", ways[i]), stored = ways[i] & (O_SYNC | O_DSYNC);
        flags = fcntl(fd, F_GETFL);
        printf("flags %d: %d %d %d %d, read %s", i, (flags & O_ACCMODE) == (ways[i] & O_ACCMODE), !!(flags & O_APPEND),
               (flags & stored) == stored, !!(flags & O_NONBLOCK), OUTCOME(read(fd, "", 0)));
        printf(", write %s\n", OUTCOME(write(fd, "", 0)));
        close(fd);
    }

    char byte;
    struct iovec vector = {&byte, 1};
    struct stat info;
    printf("closed:");
    for (int i = 0; i < 2; i++) {
        int fd = i ? 1000 : c;
        printf(" %s %s", OUTCOME(read(fd, &byte, 1)), OUTCOME(write(fd, &byte, 1)));
        printf(" %s %s", OUTCOME(readv(fd, &vector, 1)), OUTCOME(writev(fd, &vector, 1)));
        printf(" %s %s", OUTCOME(pread(fd, &byte, 1, 0)), OUTCOME(pwrite(fd, &byte, 1, 0)));
        printf(" %s %s", OUTCOME(lseek(fd, 0, SEEK_SET)), OUTCOME(fstat(fd, &info)));
        printf(" %s %s", OUTCOME(ftruncate(fd, 0)), OUTCOME(fsync(fd)));
        printf(" %s %s", OUTCOME(fcntl(fd, F_GETFL)), OUTCOME(fcntl(fd, F_SETFL, 0)));
        printf(" %s %s", OUTCOME(openat(fd, "x", O_RDONLY)), OUTCOME(close(fd)));
        printf(" %s\n", isatty(fd) ? "terminal" : error_name(errno));
    }
    printf("not directories: %s %s %s\n", OUTCOME(openat(a, "x", O_RDONLY)), OUTCOME(mkdirat(a, "x", 0777)), OUTCOME(unlinkat(a, "x", 0)));
    printf("streams: pread %s, pwrite %s", OUTCOME(pread(0, &byte, 1, 0)), OUTCOME(pwrite(1, "x", 1, 0)));
    printf(", seek %s %s", OUTCOME(lseek(0, 1, SEEK_SET)), OUTCOME(lseek(1, 0, SEEK_END)));
    printf(", fsync %s, ftruncate %s\n", OUTCOME(fsync(1)), OUTCOME(ftruncate(1, 0)));
    // The number of standard output is free then, and what takes it is it.
    printf("read with a closed input: %s", OUTCOME(close(0)));
    printf(" %s, again %d\n", OUTCOME(read(0, &byte, 1)), open("a", O_RDONLY));
    printf("first %d\n", getchar());
    fflush(stdout);
    for (int fd = 3; fd < 20; fd++)
        if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
            close(fd);
    unlink("a"), unlink("b"), unlink("c");
    return 0;
}
