// Tries to reach a file outside of the directory it was given: each line must name an error.
// The test has put `secret` beside that directory, and links to it inside.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
    const char *paths[] = {"../secret", "sub/../../secret", "./.././secret", "out/secret", "link",
                           "absolute", "/etc/passwd", "root/etc/passwd", argc > 1 ? argv[1] : "/"};
    struct stat info;
    char buffer[64];
    mkdir("sub", 0777);
    for (int i = 0; i < 9; i++) {
        const char *path = paths[i];
        int fd = open(path, O_RDONLY);
        printf("%d: open %s, create %s, stat %s, rename %s, link %s, unlink through it %s\n", i,
               fd < 0 ? "refused" : "SUCCEEDED",
               open(path, O_WRONLY | O_CREAT, 0666) < 0 ? "refused" : "SUCCEEDED",
               stat(path, &info) < 0 ? "refused" : "SUCCEEDED",
               rename("sub", path) < 0 ? "refused" : "SUCCEEDED",
               i == 4 || i == 5 || link(path, "got") < 0 ? "refused" : "SUCCEEDED",
               i == 4 || i == 5 || unlink(path) < 0 ? "refused" : "SUCCEEDED");
        if (fd >= 0)
            printf("read %d\n", (int)read(fd, buffer, sizeof buffer));
    }
    printf("absolute symlink %s\n", symlink("/etc", "etc") < 0 ? "refused" : "SUCCEEDED");
    return 0;
}
