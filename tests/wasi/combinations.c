// Each call that takes a path on each kind of file, with and without a slash at the end; of those with two paths, each
// kind with each. What is there afterwards is shown, too.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static const char *const kinds[] = {"nothing", "file", "empty dir", "full dir", "to file", "to dir", "to nothing", "loop"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void make_file(const char *name) {
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
    write(fd, "text", 4);
    close(fd);
}

static void make(const char *name, int kind) {
    char inside[16];
    snprintf(inside, sizeof inside, "%s/in", name);
    switch (kind) {
    case 1: make_file(name); break;
    case 2: mkdir(name, 0777); break;
    case 3: mkdir(name, 0777), make_file(inside); break;
    case 4: symlink("a-file", name); break;
    case 5: symlink("a-dir", name); break;
    case 6: symlink("missing", name); break;
    case 7: symlink(name, name); break;
    }
}

// What is there, in a letter.
static char what(const char *name) {
    struct stat info;
    if (lstat(name, &info) < 0)
        return errno == ENOENT ? '-' : '?';
    return S_ISREG(info.st_mode) ? 'f' : S_ISDIR(info.st_mode) ? 'd' : S_ISLNK(info.st_mode) ? 'l' : '?';
}

static void clean(const char *name) {
    char inside[64];
    snprintf(inside, sizeof inside, "%s/in", name);
    struct stat info;
    if (lstat(name, &info) == 0 && S_ISDIR(info.st_mode)) {
        clean(inside);
        rmdir(name);
    } else
        unlink(name);
}

static int open_close(const char *path, int flags) {
    int fd = open(path, flags, 0666);
    return fd < 0 ? -1 : close(fd);
}

static int at(const char *path, int call) {
    errno = 0;
    struct stat info;
    char buffer[16];
    const struct timespec times[2] = {{1, 2}, {3, 4}};
    switch (call) {
    case 0: return open_close(path, O_RDONLY);
    case 1: return open_close(path, O_WRONLY);
    case 2: return open_close(path, O_RDWR | O_CREAT);
    case 3: return open_close(path, O_WRONLY | O_CREAT | O_EXCL);
    case 4: return open_close(path, O_WRONLY | O_TRUNC);
    case 5: return open_close(path, O_RDONLY | O_DIRECTORY);
    case 6: return open_close(path, O_RDONLY | O_NOFOLLOW);
    case 7: return open_close(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) < 0 && errno == ELOOP ? (errno = ENOTDIR, -1) : 0;
    case 8: return open_close(path, O_RDONLY | O_CREAT);
    case 9: return stat(path, &info);
    case 10: return lstat(path, &info);
    case 11: return mkdir(path, 0777);
    case 12: return rmdir(path);
    case 13: return unlink(path);
    // With a slash behind the name, systems differ.
    case 14: return path[strlen(path) - 1] == '/' ? -1 : symlink("target", path);
    case 15: return (int)readlink(path, buffer, sizeof buffer);
    case 16: return utimensat(AT_FDCWD, path, times, 0);
    case 17: return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
    case 18: return truncate(path, 2);
    case 19: return remove(path);
    case 20: return access(path, F_OK);
    default: return -2;
    }
}

static void single_paths(void) {
    const char *const ends[] = {"", "/", "//", "/.", "/in"};
    for (int call = 0; call <= 20; call++)
        for (int kind = 0; kind < KINDS; kind++) {
            printf("call %d on %s:", call, kinds[kind]);
            for (unsigned end = 0; end < sizeof ends / sizeof *ends; end++) {
                char path[16];
                snprintf(path, sizeof path, "s%s", ends[end]);
                make("s", kind);
                printf(" %s", OUTCOME(at(path, call)));
                printf(" %c%c%c", what("s"), what("s/in"), what("missing"));
                clean("missing");
                clean("s");
            }
            printf("\n");
        }
}

// Of several errors, some calls may find any first: then it is not told which.
static void two_paths(const char *name, int (*call)(const char *, const char *), int vague) {
    const char *const ends[][2] = {{"s", "t"}, {"s/", "t"}, {"s", "t/"}, {"s/", "t/"}, {"s/in", "t/in"}, {"s", "t/in"}};
    for (int from = 0; from < KINDS; from++)
        for (int to = 0; to < KINDS; to++) {
            printf("%s %s to %s:", name, kinds[from], kinds[to]);
            for (unsigned end = 0; end < sizeof ends / sizeof *ends; end++) {
                make("s", from);
                make("t", to);
                const char *outcome = OUTCOME(call(ends[end][0], ends[end][1]));
                printf(" %s", vague && end > 0 && strcmp(outcome, "ok") != 0 ? "no" : outcome);
                printf(" %c%c%c%c", what("s"), what("s/in"), what("t"), what("t/in"));
                // What was put into the directory that links lead to.
                clean("a-dir/in");
                make_file("a-dir/in");
                clean("t");
                clean("s");
            }
            printf("\n");
        }
}

int main(void) {
    make_file("a-file");
    mkdir("a-dir", 0777);
    make_file("a-dir/in");
    single_paths();
    two_paths("rename", rename, 0);
    two_paths("link", link, 1);
    for (int kind = 1; kind < KINDS; kind++) {
        make("s", kind);
        printf("%s onto itself: rename %s, link %s", kinds[kind], OUTCOME(rename("s", "s")), OUTCOME(link("s", "s")));
        printf(", into itself %s %s\n", OUTCOME(rename("s", "s/new")), OUTCOME(rename("s/in", "s")));
        clean("a-dir/new");
        clean("s");
    }
    clean("a-dir");
    clean("a-file");
    return 0;
}
