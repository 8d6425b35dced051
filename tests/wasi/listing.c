// Listing a directory: positions to come back to, changes meanwhile, names of every length, types and numbers.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

enum { MANY = 300 };

static void touch(const char *name) {
    close(open(name, O_WRONLY | O_CREAT, 0666));
}

static int count(DIR *dir) {
    int found = 0;
    while (readdir(dir))
        found++;
    return found;
}

// From each position, the entry that followed it, in any order.
static void positions(void) {
    static long at[MANY + 2];
    static char names[MANY + 2][256];
    DIR *dir = opendir("d");
    int length = 0;
    for (struct dirent *entry; at[length] = telldir(dir), (entry = readdir(dir)); length++)
        strcpy(names[length], entry->d_name);
    int right = 0;
    for (int i = 0; i < length; i++) {
        int which = i * 7 % length;
        seekdir(dir, at[which]);
        struct dirent *entry = readdir(dir);
        right += entry && strcmp(entry->d_name, names[which]) == 0;
    }
    seekdir(dir, at[length / 2]);
    // The C library of the host may lose the last one.
    printf("%d entries, all found again %d, %d of the rest", length, right >= length - 1, length / 2 + count(dir) - length);
    rewinddir(dir);
    printf(", %d from the start\n", count(dir));
    closedir(dir);
}

static void changes(void) {
    DIR *dir = opendir("d");
    int seen = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        char path[300];
        snprintf(path, sizeof path, "d/%s", entry->d_name);
        seen += unlink(path) == 0;
    }
    rewinddir(dir);
    printf("%d removed while listing, %d are left", seen, count(dir));
    touch("d/late");
    rewinddir(dir);
    printf(", %d with a new one\n", count(dir));
    closedir(dir);
    unlink("d/late");
}

static void lengths(void) {
    char path[300] = "d/";
    for (int length = 1; length <= 255; length++) {
        memset(path + 2, 'n', length);
        path[2 + length] = 0;
        touch(path);
    }
    memset(path + 2, 'n', 256);
    path[2 + 256] = 0;
    printf("too long %s\n", OUTCOME(open(path, O_WRONLY | O_CREAT, 0666)));
    static int seen[256];
    DIR *dir = opendir("d");
    for (struct dirent *entry; (entry = readdir(dir));)
        seen[strlen(entry->d_name) % 256] += entry->d_name[0] == 'n';
    closedir(dir);
    int once = 0;
    for (int length = 1; length <= 255; length++) {
        once += seen[length] == 1;
        path[2 + length] = 0;
        memset(path + 2, 'n', length);
        unlink(path);
    }
    printf("%d lengths\n", once);
}

static void kinds(void) {
    touch("d/file");
    mkdir("d/dir", 0777);
    symlink("file", "d/link");
    touch("d/\xc3\xa4 b'\"\\\n");
    struct dirent **list;
    int found = scandir("d", &list, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        char path[300];
        snprintf(path, sizeof path, "d/%s", list[i]->d_name);
        struct stat info;
        lstat(path, &info);
        int type = list[i]->d_type;
        printf("%s: %s, number %d\n", list[i]->d_name,
               type == DT_REG ? "file" : type == DT_DIR ? "directory" : type == DT_LNK ? "link" : "other",
               // What is above the directory is not told everywhere.
               strcmp(list[i]->d_name, "..") == 0 || list[i]->d_ino == info.st_ino);
        free(list[i]);
    }
    free(list);
}

static void descriptors(void) {
    int fd = open("d", O_RDONLY | O_DIRECTORY);
    DIR *dir = fdopendir(fd);
    printf("fdopendir %d, dirfd %d\n", dir != NULL, dirfd(dir) == fd);
    printf("%d entries", count(dir));
    close(openat(dirfd(dir), "by-fd", O_WRONLY | O_CREAT, 0666));
    rewinddir(dir);
    printf(", %d with a new one\n", count(dir));
    unlinkat(fd, "by-fd", 0);
    printf("closedir %d, closed %s\n", closedir(dir), OUTCOME(close(fd)));
    printf("opendir %s", opendir("d/file") ? "ok" : error_name(errno));
    printf(" %s", opendir("d/none") ? "ok" : error_name(errno));
    fd = open("d/file", O_RDONLY);
    printf(", fdopendir %s\n", fdopendir(fd) ? "ok" : error_name(errno));
    close(fd);
    dir = opendir("d/dir");
    rmdir("d/dir");
    printf("a directory that is gone: %s", OUTCOME(openat(dirfd(dir), "x", O_WRONLY | O_CREAT, 0666)));
    printf(" %s\n", OUTCOME(mkdirat(dirfd(dir), "x", 0777)));
    closedir(dir);
}

int main(void) {
    mkdir("d", 0777);
    for (int i = 0; i < MANY; i++) {
        char path[300];
        snprintf(path, sizeof path, "d/%d%.*s", i, i % 60, "012345678901234567890123456789012345678901234567890123456789");
        touch(path);
    }
    positions();
    changes();
    lengths();
    kinds();
    descriptors();
    const char *names[] = {"d/file", "d/link", "d/\xc3\xa4 b'\"\\\n"};
    for (int i = 0; i < 3; i++)
        printf("unlink %s\n", OUTCOME(unlink(names[i])));
    printf("rmdir %s\n", OUTCOME(rmdir("d")));
    return 0;
}
