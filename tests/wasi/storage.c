// Room for files, advice, and storing for good: what works, and the errors.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static int size(int fd) {
    struct stat info;
    fstat(fd, &info);
    return (int)info.st_size;
}

int main(void) {
    int fd = open("f", O_RDWR | O_CREAT, 0666), dir = open(".", O_RDONLY | O_DIRECTORY);
    const struct { off_t at, length; } ranges[] = {{0, 100}, {10, 10}, {90, 20}, {200, 1}, {0, 0}, {-1, 10}, {0, -1}, {5, 0}};
    for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        printf("allocate %d %d: %s", (int)ranges[i].at, (int)ranges[i].length,
               error_name(posix_fallocate(fd, ranges[i].at, ranges[i].length)));
        printf(", %d bytes\n", size(fd));
    }
    char buffer[201];
    memset(buffer, 'x', sizeof buffer);
    int length = (int)pread(fd, buffer, sizeof buffer, 0), zeros = 0;
    for (int i = 0; i < length; i++)
        zeros += buffer[i] == 0;
    printf("%d zeros\n", zeros);
    printf("closed: %s %s\n", error_name(posix_fallocate(99, 0, 1)), error_name(posix_fadvise(99, 0, 1, POSIX_FADV_NORMAL)));
    const int advice[] = {POSIX_FADV_NORMAL, POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM, POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE, 77};
    for (int i = 0; i < 7; i++)
        printf("advice %d: %s %s %s\n", i, error_name(posix_fadvise(fd, 0, 100, advice[i])),
               error_name(posix_fadvise(fd, 1000, 0, advice[i])), error_name(posix_fadvise(i < 6 ? 0 : fd, 0, 0, advice[i])));
    printf("bad length %s\n", error_name(posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL)));
    printf("sync %s %s, directory %s\n", OUTCOME(fsync(fd)), OUTCOME(fdatasync(fd)), OUTCOME(fsync(dir)));
    printf("sync of a stream %s %s\n", OUTCOME(fsync(0)), OUTCOME(fdatasync(0)));

    printf("truncate %s %d", OUTCOME(ftruncate(fd, 7)), size(fd));
    printf(", %s %d", OUTCOME(ftruncate(fd, 1 << 20)), size(fd));
    printf(", %s, by name %s %d\n", OUTCOME(ftruncate(fd, -1)), OUTCOME(truncate("f", 3)), size(fd));
    printf("no file %s, a directory %s\n", OUTCOME(truncate("none", 3)), OUTCOME(truncate(".", 3)));
    lseek(fd, 1 << 20, SEEK_SET);
    printf("write after a hole %d, %d bytes", (int)write(fd, "end", 3), size(fd));
    printf(", in the hole %d", (int)pread(fd, buffer, 8, 1 << 19));
    printf(" %d\n", buffer[0] | buffer[7]);
    printf("pwrite far %s, negative %s %s\n", OUTCOME(pwrite(fd, "x", 1, 1 << 21)), OUTCOME(pwrite(fd, "x", 1, -5)), OUTCOME(pread(fd, buffer, 1, -5)));
    printf("position %d, size %d\n", (int)lseek(fd, 0, SEEK_CUR), size(fd));
    close(fd), close(dir);
    unlink("f");
    return 0;
}
