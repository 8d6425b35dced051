// Directories: making, listing, removing.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path) {
    static char *names[1000];
    int count = 0, directories = 0;
    DIR *directory = opendir(path);
    if (!directory) {
        printf("%s: %s\n", path, error_name(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory));) {
        names[count++] = strdup(entry->d_name);
        directories += entry->d_type == DT_DIR;
    }
    // From the beginning, once more.
    rewinddir(directory);
    int again = 0;
    while (readdir(directory))
        again++;
    closedir(directory);
    qsort(names, count, sizeof *names, compare);
    printf("%s: %d entries (%d), %d directories:", path, count, again, directories);
    for (int i = 0; i < count; i++) {
        if (i < 6)
            printf(" %s", names[i]);
        free(names[i]);
    }
    printf("\n");
}

int main(void) {
    printf("mkdir %s %s\n", OUTCOME(mkdir("top", 0777)), OUTCOME(mkdir("top", 0777)));
    printf("mkdir below nothing %s\n", OUTCOME(mkdir("nothing/sub", 0777)));
    mkdir("top/sub", 0777);
    close(open("top/file", O_WRONLY | O_CREAT, 0666));
    list("top");
    list("top/sub");
    list("top/file");
    list("top/nothing");

    char name[64];
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "top/sub/a-rather-long-name-for-a-file-%03d", i);
        close(open(name, O_WRONLY | O_CREAT, 0666));
    }
    list("top/sub");

    struct stat info;
    stat("top", &info);
    printf("top is a directory %d\n", S_ISDIR(info.st_mode));
    printf("stat %s %s\n", OUTCOME(stat("top/nothing", &info)), OUTCOME(stat("top/file/x", &info)));
    printf("open for writing %s\n", OUTCOME(open("top", O_WRONLY)));
    printf("open a file as directory %s\n", OUTCOME(open("top/file", O_RDONLY | O_DIRECTORY)));
    int fd = open("top", O_RDONLY | O_DIRECTORY);
    printf("openat %s\n", OUTCOME(close(openat(fd, "file", O_RDONLY))));
    printf("fstatat %s %s\n", OUTCOME(fstatat(fd, "sub", &info, 0)), OUTCOME(fstatat(fd, "x", &info, 0)));
    printf("mkdirat %s, unlinkat %s\n", OUTCOME(mkdirat(fd, "by-fd", 0777)),
           OUTCOME(unlinkat(fd, "by-fd", AT_REMOVEDIR)));
    close(fd);

    printf("rmdir of a full one %s\n", OUTCOME(rmdir("top/sub")));
    printf("rmdir of a file %s\n", OUTCOME(rmdir("top/file")));
    printf("unlink of a directory %s\n", OUTCOME(unlink("top/sub")));
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "top/sub/a-rather-long-name-for-a-file-%03d", i);
        unlink(name);
    }
    printf("rmdir %s %s\n", OUTCOME(rmdir("top/sub")), OUTCOME(rmdir("top/sub")));
    unlink("top/file");
    printf("rmdir %s\n", OUTCOME(rmdir("top/")));
    return 0;
}
