// Files in the current directory: writing, reading, positions, sizes, appending.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "errors.h"

static void show(const char *name) {
    char buffer[256];
    int fd = open(name, O_RDONLY);
    ssize_t length = read(fd, buffer, sizeof buffer);
    struct stat stat;
    fstat(fd, &stat);
    printf("%s: %d bytes, regular %d, \"%.*s\"\n", name, (int)stat.st_size, S_ISREG(stat.st_mode),
           (int)length, buffer);
    close(fd);
}

static void positions(void) {
    int fd = open("positions", O_RDWR | O_CREAT | O_EXCL, 0666);
    printf("write %d\n", (int)write(fd, "0123456789", 10));
    printf("seek %d\n", (int)lseek(fd, -3, SEEK_END));
    char buffer[16] = {0};
    printf("read %d %s\n", (int)read(fd, buffer, 15), buffer);
    printf("read at the end %d\n", (int)read(fd, buffer, 15));
    printf("seek %d\n", (int)lseek(fd, 4, SEEK_SET));
    printf("seek %d\n", (int)lseek(fd, 2, SEEK_CUR));
    printf("seek %s\n", OUTCOME(lseek(fd, -100, SEEK_CUR)));
    printf("pread %d %.3s\n", (int)pread(fd, buffer, 3, 1), buffer);
    printf("pwrite %d\n", (int)pwrite(fd, "ab", 2, 8));
    printf("tell %d\n", (int)lseek(fd, 0, SEEK_CUR));
    struct iovec parts[3] = {{"one,", 4}, {"", 0}, {"two", 3}};
    printf("writev %d\n", (int)writev(fd, parts, 3));
    close(fd);
    show("positions");
    printf("again %s\n", OUTCOME(open("positions", O_RDWR | O_CREAT | O_EXCL, 0666)));
    printf("closed %s %s\n", OUTCOME(read(fd, buffer, 1)), OUTCOME(close(fd)));
}

static void sizes(void) {
    int fd = open("sizes", O_RDWR | O_CREAT | O_TRUNC, 0666);
    write(fd, "abcdef", 6);
    printf("ftruncate %s\n", OUTCOME(ftruncate(fd, 3)));
    lseek(fd, 5, SEEK_SET);
    write(fd, "X", 1);
    char buffer[16];
    int length = (int)pread(fd, buffer, 16, 0);
    for (int i = 0; i < length; i++)
        printf("%02x ", buffer[i]);
    printf("\nsync %s %s\n", OUTCOME(fsync(fd)), OUTCOME(fdatasync(fd)));
    close(fd);
    fd = open("sizes", O_RDONLY);
    printf("write to a file for reading %s\n", OUTCOME(write(fd, "x", 1)));
    close(fd);
    fd = open("sizes", O_WRONLY | O_TRUNC);
    printf("read from a file for writing %s\n", OUTCOME(read(fd, buffer, 1)));
    close(fd);
    show("sizes");
}

static void appending(void) {
    int fd = open("appending", O_WRONLY | O_CREAT | O_APPEND, 0666);
    write(fd, "one ", 4);
    lseek(fd, 0, SEEK_SET);
    write(fd, "two ", 4);
    printf("append is set %d\n", (fcntl(fd, F_GETFL) & O_APPEND) != 0);
    close(fd);
    FILE *file = fopen("appending", "a");
    fprintf(file, "three");
    fclose(file);
    show("appending");
}

// As much as does not fit in any buffer, through stdio.
static void large(void) {
    enum { COUNT = 300000 };
    FILE *file = fopen("large", "w+");
    unsigned sum = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned value = i * 2654435761u;
        fwrite(&value, sizeof value, 1, file);
        sum += value;
    }
    printf("ftell %ld\n", ftell(file));
    rewind(file);
    unsigned value, count = 0;
    while (fread(&value, sizeof value, 1, file) == 1) {
        sum -= value;
        count++;
    }
    printf("%u values, difference %u\n", count, sum);
    fclose(file);
}

int main(void) {
    positions();
    sizes();
    appending();
    large();
    printf("missing %s\n", OUTCOME(open("missing", O_RDONLY)));
    printf("below a file %s\n", OUTCOME(open("sizes/x", O_RDONLY)));
    char name[300];
    memset(name, 'x', 299);
    name[299] = 0;
    printf("long name %s\n", OUTCOME(open(name, O_RDONLY)));
    const char *names[] = {"positions", "sizes", "appending", "large"};
    for (int i = 0; i < 4; i++)
        printf("unlink %s %s\n", OUTCOME(unlink(names[i])), OUTCOME(unlink(names[i])));
    return 0;
}
