// Attributes of files: types, sizes, numbers, names, times that follow what is done.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

static struct stat of(const char *path) {
    struct stat info;
    memset(&info, 0, sizeof info);
    if (lstat(path, &info) < 0)
        printf("%s: %s\n", path, error_name(errno));
    return info;
}

static int same(struct stat a, struct stat b) {
    return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static int older(struct timespec a, struct timespec b) {
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

// Long enough for the clocks of file systems.
static void later(void) {
    struct timespec pause = {0, 20000000};
    nanosleep(&pause, NULL);
}

int main(void) {
    int fd = open("a", O_RDWR | O_CREAT, 0666);
    write(fd, "12345", 5);
    mkdir("d", 0777);
    symlink("../a", "d/l");
    struct stat a = of("a"), open_a, d = of("d"), l = of("d/l");
    fstat(fd, &open_a);
    printf("types %d %d %d\n", S_ISREG(a.st_mode), S_ISDIR(d.st_mode), S_ISLNK(l.st_mode));
    printf("sizes %d %d %d, links %d\n", (int)a.st_size, (int)open_a.st_size, (int)l.st_size, (int)a.st_nlink);
    printf("the same %d, through a link %d\n", same(a, open_a), (stat("d/l", &open_a), same(a, open_a)));
    printf("not the same %d %d %d\n", same(a, d), same(a, l), same(d, l));
    printf("one device %d %d\n", a.st_dev == d.st_dev, a.st_dev == l.st_dev);
    struct stat at;
    int dir = open("d", O_RDONLY | O_DIRECTORY);
    printf("fstatat %d %d", fstatat(dir, "l", &at, AT_SYMLINK_NOFOLLOW), same(at, l));
    printf(", of the directory %d %d\n", fstat(dir, &at), same(at, d));

    link("a", "b");
    struct stat b = of("b"), a2 = of("a");
    printf("second name: same %d, links %d %d, changed %d\n", same(a, b), (int)a2.st_nlink, (int)b.st_nlink, !older(a2.st_ctim, a.st_ctim));
    rename("b", "d/c");
    printf("renamed: same %d\n", same(a, of("d/c")));
    unlink("a");
    fstat(fd, &open_a);
    printf("first name gone: links %d, same %d\n", (int)open_a.st_nlink, same(a, open_a));
    unlink("d/c");
    fstat(fd, &open_a);
    printf("no name: links %d, %d bytes, same %d\n", (int)open_a.st_nlink, (int)open_a.st_size, same(a, open_a));
    int other = open("a", O_RDWR | O_CREAT, 0666);
    printf("a new file of the name: same %d\n", same(a, of("a")));

    struct stat before = of("a");
    later();
    write(other, "x", 1);
    struct stat after = of("a");
    printf("write: modified %d, changed %d\n", older(before.st_mtim, after.st_mtim), older(before.st_ctim, after.st_ctim));
    later();
    ftruncate(other, 10);
    before = after, after = of("a");
    printf("ftruncate: modified %d, %d bytes\n", older(before.st_mtim, after.st_mtim), (int)after.st_size);
    later();
    char byte;
    pread(other, &byte, 1, 0);
    before = after, after = of("a");
    printf("read: modified %d, changed %d\n", older(before.st_mtim, after.st_mtim), older(before.st_ctim, after.st_ctim));
    later();
    link("a", "b");
    before = after, after = of("a");
    printf("link: modified %d, changed %d\n", older(before.st_mtim, after.st_mtim), older(before.st_ctim, after.st_ctim));
    before = of("d");
    later();
    close(open("d/new", O_WRONLY | O_CREAT, 0666));
    printf("a file is made: directory modified %d\n", older(before.st_mtim, of("d").st_mtim));
    before = of("d");
    later();
    unlink("d/new");
    printf("a file is removed: directory modified %d\n", older(before.st_mtim, of("d").st_mtim));
    before = of("d");
    later();
    rename("b", "d/b");
    printf("a file is moved there: directory modified %d\n", older(before.st_mtim, of("d").st_mtim));
    printf("errors %s %s\n", OUTCOME(fstat(99, &at)), OUTCOME(fstatat(fd, "x", &at, 0)));
    close(dir), close(fd), close(other);
    unlink("d/b"), unlink("d/l"), unlink("a"), rmdir("d");
    return 0;
}
