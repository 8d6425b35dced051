// Names: slashes, dots, length, flags of opening in every combination, links on the way.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

int main(void) {
    close(open("file", O_WRONLY | O_CREAT, 0666));
    mkdir("dir", 0777);
    mkdir("dir/sub", 0777);
    symlink("file", "to-file");
    symlink("dir", "to-dir");
    symlink("none", "to-none");
    static char component[300], path[5000];
    memset(component, 'n', sizeof component - 1);
    for (int i = 0; i < 2400; i++)
        memcpy(path + 2 * i, "./", 2);

    const char *names[] = {"file",       "file/",     "file/.",      "file/x",     "dir",      "dir/",     "dir//sub/.",
                           "dir/../file", "to-file",   "to-file/",    "to-dir",     "to-dir/",  "to-none",  "to-none/",
                           "none",       "none/",     "to-dir/sub",  "./././dir",  "dir/sub/..", component, path};
    const struct {
        const char *name;
        int flags;
    } ways[] = {{"read", O_RDONLY},
                {"write", O_WRONLY},
                {"directory", O_RDONLY | O_DIRECTORY},
                {"no follow", O_RDONLY | O_NOFOLLOW},
                {"truncate", O_WRONLY | O_TRUNC},
                {"new", O_WRONLY | O_CREAT | O_EXCL}};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct stat info;
        printf("%.20s:", names[i]);
        for (unsigned way = 0; way < sizeof ways / sizeof *ways; way++) {
            int fd = open(names[i], ways[way].flags, 0666);
            printf(" %s %s,", ways[way].name, fd < 0 ? error_name(errno) : "ok");
            if (fd >= 0)
                close(fd);
            // What is new is removed again.
            if (fd >= 0 && ways[way].flags & O_EXCL)
                unlink(names[i]);
        }
        printf(" stat %s, lstat %s\n", OUTCOME(stat(names[i], &info)), OUTCOME(lstat(names[i], &info)));
    }
    printf("mkdir %s %s %s\n", OUTCOME(mkdir("file/", 0777)), OUTCOME(mkdir("to-dir", 0777)), OUTCOME(mkdir("to-none", 0777)));
    printf("rmdir %s %s\n", OUTCOME(rmdir("to-dir")), OUTCOME(rmdir("to-file")));
    printf("unlink %s %s %s\n", OUTCOME(unlink("file/")), OUTCOME(unlink("dir")), OUTCOME(unlink("none")));
    printf("rename %s %s %s\n", OUTCOME(rename("file", "new/")), OUTCOME(rename("file", "dir")), OUTCOME(rename("dir", "file")));
    printf("rename a link %s\n", OUTCOME(rename("to-file", "moved")));
    printf("link %s %s\n", OUTCOME(link("file", "dir/sub/..")), OUTCOME(link("none", "x")));
    printf("access %s %s\n", OUTCOME(access("file", R_OK)), OUTCOME(access("none", F_OK)));
    char target[8];
    printf("readlink %d %.2s, %s\n", (int)readlink("to-dir", target, 2), target, OUTCOME(readlink("dir", target, 8)));
    const char *all[] = {"file", "moved", "to-dir", "to-none"};
    for (int i = 0; i < 4; i++)
        printf("unlink %s\n", OUTCOME(unlink(all[i])));
    printf("rmdir %s %s\n", OUTCOME(rmdir("dir/sub")), OUTCOME(rmdir("dir")));
    return 0;
}
