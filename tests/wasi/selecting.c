// `select`: sets of descriptors, timeouts, errors.
#include <fcntl.h>
#include <stdio.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

int main(void) {
    int file = open("f", O_RDWR | O_CREAT, 0666);
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(0, &in);
    printf("input %d\n", select(1, &in, NULL, NULL, NULL));
    FD_SET(file, &in);
    FD_SET(1, &out);
    FD_SET(file, &out);
    struct timeval long_time = {20, 0}, no_time = {0, 0}, short_time = {0, 30000};
    printf("ready %d:", select(file + 1, &in, &out, NULL, &long_time));
    printf(" %d %d %d %d\n", !!FD_ISSET(0, &in), !!FD_ISSET(file, &in), !!FD_ISSET(1, &out), !!FD_ISSET(file, &out));
    FD_ZERO(&in);
    FD_SET(0, &in);
    printf("at once %d\n", select(1, &in, NULL, NULL, &no_time));
    long long start = now();
    printf("sleep %d", select(0, NULL, NULL, NULL, &short_time));
    printf(" %d\n", now() - start >= 29 && now() - start < 20000);
    struct timespec pause = {0, 10000000};
    start = now();
    printf("pselect %d", pselect(0, NULL, NULL, NULL, &pause, NULL));
    printf(" %d\n", now() - start >= 9 && now() - start < 20000);
    // A low number: Linux does not look at those beyond the table of descriptors, whose size is what the parent left.
    int closed = open("f", O_RDWR);
    close(closed);
    FD_ZERO(&in);
    FD_SET(closed, &in);
    printf("closed %s\n", OUTCOME(select(closed + 1, &in, NULL, NULL, &no_time)));
    printf("negative %s\n", OUTCOME(select(-1, NULL, NULL, NULL, &no_time)));
    struct timespec bad = {0, 1000000000}, none = {0, 0};
    printf("nanosleep %s %s\n", OUTCOME(nanosleep(&bad, NULL)), OUTCOME(nanosleep(&none, NULL)));
    printf("clock_nanosleep %s\n", error_name(clock_nanosleep(CLOCK_REALTIME, 0, &none, NULL)));
    close(file);
    unlink("f");
    return 0;
}
