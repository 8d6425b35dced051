// Ways to end: the first argument says which.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void at_exit(void) {
    printf("at exit\n");
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "return";
    int code = argc > 2 ? atoi(argv[2]) : 0;
    atexit(at_exit);
    printf("%s %d\n", way, code);
    if (strcmp(way, "exit") == 0)
        exit(code);
    fflush(stdout);
    if (strcmp(way, "_exit") == 0)
        _exit(code);
    return code;
}
