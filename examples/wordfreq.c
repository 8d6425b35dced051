// Counts the words of text files and prints the most frequent ones.
//
//   wordfreq [-n COUNT] FILE...
//
// Compiled to examples/wordfreq.wasm by `cargo xtask examples`.

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
    char *text;
    unsigned count;
};

static struct word *table;
static size_t capacity, used, total;

static unsigned long hash(const char *text) {
    unsigned long h = 5381;
    while (*text) h = h * 33 + (unsigned char)*text++;
    return h;
}

static struct word *find(struct word *words, size_t size, const char *text) {
    size_t at = hash(text) & (size - 1);
    while (words[at].text && strcmp(words[at].text, text) != 0) at = (at + 1) & (size - 1);
    return &words[at];
}

static void grow(void) {
    size_t size = capacity ? capacity * 2 : 1024;
    struct word *bigger = calloc(size, sizeof *bigger);
    if (!bigger) {
        fputs("wordfreq: out of memory\n", stderr);
        exit(2);
    }
    for (size_t i = 0; i < capacity; i++)
        if (table[i].text) *find(bigger, size, table[i].text) = table[i];
    free(table);
    table = bigger;
    capacity = size;
}

static void add(const char *text) {
    if (used * 2 >= capacity) grow();
    struct word *word = find(table, capacity, text);
    if (!word->text) {
        word->text = strdup(text);
        used++;
    }
    word->count++;
    total++;
}

static int read_words(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "wordfreq: %s: %s\n", path, strerror(errno));
        return -1;
    }
    char word[128];
    size_t length = 0;
    for (int c; (c = getc(file)) != EOF || length;) {
        if (c != EOF && (isalpha(c) || (c == '\'' && length))) {
            if (length + 1 < sizeof word) word[length++] = (char)tolower(c);
        } else if (length) {
            word[length] = 0;
            add(word);
            length = 0;
        }
    }
    fclose(file);
    return 0;
}

static int by_count(const void *a, const void *b) {
    const struct word *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

int main(int argc, char **argv) {
    int first = 1, failed = 0;
    size_t show = 10;
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        show = strtoul(argv[2], 0, 10);
        first = 3;
    }
    if (first >= argc) {
        fputs("usage: wordfreq [-n COUNT] FILE...\n", stderr);
        return 2;
    }
    for (int i = first; i < argc; i++) failed |= read_words(argv[i]);

    struct word *sorted = calloc(used + 1, sizeof *sorted);
    size_t n = 0;
    for (size_t i = 0; i < capacity; i++)
        if (table[i].text) sorted[n++] = table[i];
    qsort(sorted, n, sizeof *sorted, by_count);
    printf("%zu words, %zu different\n", total, used);
    for (size_t i = 0; i < n && i < show; i++) printf("%6u %s\n", sorted[i].count, sorted[i].text);
    return failed ? 1 : 0;
}
