// Positions and sizes: seeking, positioned and scattered transfers, append mode, truncation.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "errors.h"

static void show(int fd, const char *what) {
    char buffer[200];
    struct stat info;
    fstat(fd, &info);
    int length = (int)pread(fd, buffer, sizeof buffer, 0);
    printf("%s: %d bytes, position %d: ", what, (int)info.st_size, (int)lseek(fd, 0, SEEK_CUR));
    for (int i = 0; i < length; i++)
        putchar(buffer[i] ? buffer[i] : '.');
    putchar('\n');
}

int main(void) {
    char a[8] = {0}, b[8] = {0};
    int fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0666);
    printf("again %s\n", OUTCOME(open("f", O_RDWR | O_CREAT | O_EXCL, 0666)));
    struct iovec out[] = {{"one", 3}, {"", 0}, {"two", 3}, {"three", 5}};
    printf("writev %d\n", (int)writev(fd, out, 4));
    show(fd, "written");
    printf("seek %d %d %d\n", (int)lseek(fd, 2, SEEK_SET), (int)lseek(fd, 3, SEEK_CUR), (int)lseek(fd, -1, SEEK_END));
    printf("before the start %s %s\n", OUTCOME(lseek(fd, -1, SEEK_SET)), OUTCOME(lseek(fd, -100, SEEK_CUR)));
    printf("bad whence %s\n", OUTCOME(lseek(fd, 0, 77)));
    lseek(fd, 3, SEEK_SET);
    struct iovec in[] = {{a, 3}, {b, 7}};
    printf("readv %d", (int)readv(fd, in, 2));
    printf(" %.3s %.7s, at the end %d\n", a, b, (int)readv(fd, in, 2));
    printf("preadv %d", (int)preadv(fd, in, 2, 1));
    printf(" %.3s %.7s\n", a, b);
    printf("pwrite %d %d\n", (int)pwrite(fd, "XY", 2, 20), (int)pwrite(fd, "Z", 1, 0));
    show(fd, "with a hole");
    printf("pread beyond %d, negative %s\n", (int)pread(fd, a, 3, 1000), OUTCOME(pread(fd, a, 3, -1)));

    printf("ftruncate %s %s\n", OUTCOME(ftruncate(fd, 5)), OUTCOME(ftruncate(fd, -1)));
    show(fd, "shorter");
    ftruncate(fd, 9);
    show(fd, "longer");
    printf("fallocate %s %s\n", posix_fallocate(fd, 5, 10) ? "failed" : "ok", posix_fallocate(fd, 0, 0) ? "failed" : "ok");
    show(fd, "allocated");
    printf("fadvise %d\n", posix_fadvise(fd, 0, 100, POSIX_FADV_SEQUENTIAL));
    printf("fsync %s %s\n", OUTCOME(fsync(fd)), OUTCOME(fdatasync(fd)));

    int flags = fcntl(fd, F_GETFL);
    printf("set append %s\n", OUTCOME(fcntl(fd, F_SETFL, flags | O_APPEND)));
    lseek(fd, 0, SEEK_SET);
    write(fd, "end", 3);
    printf("appended at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    fcntl(fd, F_SETFL, flags & ~O_APPEND);
    lseek(fd, 0, SEEK_SET);
    write(fd, "start", 5);
    show(fd, "no longer");
    int appending = open("f", O_WRONLY | O_APPEND);
    write(appending, "!", 1);
    printf("read of a writer %s\n", OUTCOME(read(appending, a, 1)));
    close(appending);
    show(fd, "by another");
    close(open("f", O_WRONLY | O_TRUNC));
    show(fd, "emptied");
    int reading = open("f", O_RDONLY);
    printf("write of a reader %s\n", OUTCOME(write(reading, "x", 1)));
    close(reading);
    printf("closed twice %s, used %s\n", OUTCOME(close(reading)), OUTCOME(read(reading, a, 1)));

    printf("unlink %s\n", OUTCOME(unlink("f")));
    write(fd, "still there", 11);
    show(fd, "without a name");
    close(fd);
    return 0;
}
