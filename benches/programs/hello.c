// process | | the smallest command for whole runs: one line without formatting
#include <stdio.h>

int main(void) { return puts("hello") < 0; }
