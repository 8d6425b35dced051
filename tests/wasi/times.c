// Time stamps of files, of links and of what they lead to. (To set them to now fails in some C libraries for WASI.)
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

static void show(const char *path) {
    struct stat info;
    lstat(path, &info);
    printf("%s: accessed %lld.%09ld, modified %lld.%09ld\n", path, (long long)info.st_atim.tv_sec,
           info.st_atim.tv_nsec, (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

static int recent(struct timespec time) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec - time.tv_sec >= -1 && now.tv_sec - time.tv_sec < 60;
}

int main(void) {
    int fd = open("f", O_RDWR | O_CREAT, 0666);
    symlink("f", "l");
    mkdir("d", 0777);
    struct timespec times[2] = {{1000000000, 123456789}, {2000000000, 1}};
    printf("futimens %s\n", OUTCOME(futimens(fd, times)));
    show("f");
    times[0].tv_nsec = UTIME_OMIT;
    times[1] = (struct timespec){0, 0};
    printf("omit %s\n", OUTCOME(utimensat(AT_FDCWD, "f", times, 0)));
    show("f");
    times[0] = (struct timespec){4000000000, 999999999};
    times[1] = (struct timespec){5, 6};
    printf("through a link %s\n", OUTCOME(utimensat(AT_FDCWD, "l", times, 0)));
    show("f");
    times[0] = times[1] = (struct timespec){77, 88};
    printf("the link itself %s\n", OUTCOME(utimensat(AT_FDCWD, "l", times, AT_SYMLINK_NOFOLLOW)));
    show("l");
    show("f");
    printf("a directory %s\n", OUTCOME(utimensat(AT_FDCWD, "d", times, 0)));
    show("d");
    printf("nothing %s\n", OUTCOME(utimensat(AT_FDCWD, "none", times, 0)));
    struct stat info;
    futimens(fd, (struct timespec[]){{9, 9}, {9, 9}});
    write(fd, "x", 1);
    fstat(fd, &info);
    printf("writing modifies %d, accessed %lld\n", recent(info.st_mtim), (long long)info.st_atim.tv_sec);
    close(fd);
    unlink("f");
    unlink("l");
    rmdir("d");
    return 0;
}
