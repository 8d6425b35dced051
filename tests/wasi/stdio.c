// Standard streams: copies its input to its output, a line at a time, and counts on standard error.
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"

int main(void) {
    static char line[1 << 16];
    unsigned lines = 0, sum = 0;
    while (fgets(line, sizeof line, stdin)) {
        lines++;
        for (char *c = line; *c; c++) {
            sum = sum * 31 + (unsigned char)*c;
            *c = (char)toupper(*c);
        }
        fputs(line, stdout);
    }
    fprintf(stderr, "%u lines, sum %u, end %d, error %d\n", lines, sum, feof(stdin) != 0, ferror(stdin) != 0);
    fflush(stdout);
    // Unbuffered, one byte at a time.
    for (const char *c = "bytes\n"; *c; c++)
        write(1, c, 1);
    char byte;
    printf("read at the end %d\n", (int)read(0, &byte, 1));
    printf("terminals %d %d\n", isatty(0), isatty(1));
    fflush(stdout);
    printf("seek %s\n", OUTCOME(lseek(0, 0, SEEK_CUR)));
    return 0;
}
