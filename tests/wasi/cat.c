// Prints the file that the first argument names; 1 if there is none.
#include <stdio.h>

int main(int argc, char **argv) {
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!file)
        return 1;
    for (int c; (c = getc(file)) != EOF;)
        putchar(c);
    return 0;
}
