// Arguments and environment, as given and in order.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

int main(int argc, char **argv) {
    printf("argc %d\n", argc);
    // argv[0] is the name of the program, which the test chooses.
    for (int i = 1; i < argc; i++)
        printf("argv[%d] %zu \"%s\"\n", i, strlen(argv[i]), argv[i]);
    printf("argv[argc] is %s\n", argv[argc] ? "not null" : "null");

    for (char **variable = environ; *variable; variable++)
        printf("env \"%s\"\n", *variable);
    const char *names[] = {"GREETING", "EMPTY", "MISSING"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        printf("%s is %s%s\n", names[i], value ? "=" : "unset", value ? value : "");
    }
    setenv("MISSING", "now set", 1);
    printf("MISSING is =%s\n", getenv("MISSING"));
    return 0;
}
