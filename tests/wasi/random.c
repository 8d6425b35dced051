// Random bytes: as many as asked for, and never the same.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"

#ifndef __wasi__
int getentropy(void *, size_t);
#endif

int main(void) {
    static unsigned char bytes[1 << 16], before[256];
    printf("none %s\n", OUTCOME(getentropy(bytes, 0)));
    printf("small %s\n", OUTCOME(getentropy(before, 256)));
    // What is behind the end is left alone.
    memset(bytes, 0x5a, 512);
    getentropy(bytes, 100);
    int kept = 0;
    for (int i = 100; i < 512; i++)
        kept += bytes[i] == 0x5a;
    printf("kept %d\n", kept);
    int counts[256] = {0};
    for (int i = 0; i < 256; i++)
        getentropy(bytes + i * 256, 256);
    for (unsigned i = 0; i < sizeof bytes; i++)
        counts[bytes[i]]++;
    // 256 of each are expected, with a deviation of 16.
    int odd = 0;
    for (int i = 0; i < 256; i++)
        odd += counts[i] < 128 || counts[i] > 384;
    printf("odd %d, repeated %d\n", odd, memcmp(bytes, before, 256) == 0 || memcmp(bytes, bytes + 256, 256) == 0);
    printf("too many %s\n", getentropy(bytes, 257) < 0 ? "refused" : "ok");
    return 0;
}
