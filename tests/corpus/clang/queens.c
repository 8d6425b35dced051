// Counts the placements of queens that do not attack each other, and sorts with a function of the library.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int place(int size, int row, unsigned columns, unsigned left, unsigned right) {
    if (row == size) return 1;
    int count = 0;
    for (unsigned free = ~(columns | left | right) & ((1u << size) - 1); free; free &= free - 1) {
        unsigned bit = free & -free;
        count += place(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(int argc, char **argv) {
    for (int size = 4; size <= 10; size++) printf("%d ", place(size, 0, 0, 0, 0));
    puts("");
    qsort(argv + 1, argc - 1, sizeof *argv, by_text);
    for (int i = 1; i < argc; i++) printf("%s %.6f\n", argv[i], sqrt(atof(argv[i])));
    return argc;
}
