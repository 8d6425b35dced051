// Links and renaming.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static void make(const char *name, const char *contents) {
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    write(fd, contents, strlen(contents));
    close(fd);
}

static void show(const char *name) {
    char buffer[64];
    int fd = open(name, O_RDONLY);
    if (fd < 0) {
        printf("%s: %s\n", name, error_name(errno));
        return;
    }
    int length = (int)read(fd, buffer, sizeof buffer);
    struct stat info;
    fstat(fd, &info);
    printf("%s: %.*s, %d links\n", name, length, buffer, (int)info.st_nlink);
    close(fd);
}

int main(void) {
    make("a", "A");
    make("b", "B");
    printf("link %s %s\n", OUTCOME(link("a", "hard")), OUTCOME(link("a", "b")));
    show("hard");
    unlink("a");
    show("hard");
    show("a");

    char buffer[64];
    printf("symlink %s %s\n", OUTCOME(symlink("b", "soft")), OUTCOME(symlink("b", "soft")));
    int length = (int)readlink("soft", buffer, sizeof buffer);
    printf("readlink %.*s\n", length, buffer);
    printf("readlink of a file %s\n", OUTCOME(readlink("b", buffer, sizeof buffer)));
    struct stat info;
    lstat("soft", &info);
    printf("lstat: link %d, %d bytes\n", S_ISLNK(info.st_mode), (int)info.st_size);
    stat("soft", &info);
    printf("stat: link %d, %d bytes\n", S_ISLNK(info.st_mode), (int)info.st_size);
    show("soft");
    printf("no follow %s\n", OUTCOME(open("soft", O_RDONLY | O_NOFOLLOW)));
    symlink("nowhere", "dangling");
    show("dangling");
    symlink("loop", "loop");
    show("loop");

    printf("rename %s\n", OUTCOME(rename("hard", "b")));
    show("b");
    show("soft");
    printf("rename of nothing %s\n", OUTCOME(rename("hard", "b")));
    mkdir("dir", 0777);
    mkdir("dir2", 0777);
    printf("rename into a directory %s\n", OUTCOME(rename("b", "dir/b")));
    printf("rename onto a full directory %s\n", OUTCOME(rename("dir2", "dir")));
    printf("rename a file onto a directory %s\n", OUTCOME(rename("dir/b", "dir2")));
    printf("rename a directory %s\n", OUTCOME(rename("dir", "dir2")));
    printf("rename into itself %s\n", OUTCOME(rename("dir2", "dir2/x")));
    show("dir2/b");

    const char *names[] = {"soft", "dangling", "loop", "dir2/b"};
    for (int i = 0; i < 4; i++)
        printf("unlink %s\n", OUTCOME(unlink(names[i])));
    printf("rmdir %s\n", OUTCOME(rmdir("dir2")));
    return 0;
}
