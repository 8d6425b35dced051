// Clocks, sleeping and polling. Times vary; what holds of them does not.
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

static long long now(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        return -1;
    return time.tv_sec * 1000000000ll + time.tv_nsec;
}

// Whether waiting took about `millis`; the upper bound is for busy machines.
static const char *took(long long start, int millis) {
    long long passed = now(CLOCK_MONOTONIC) - start;
    if (passed < millis * 1000000ll)
        return "too little";
    return passed < millis * 1000000ll + 20000000000ll ? "right" : "too much";
}

int main(void) {
    long long year2020 = 1577836800ll * 1000000000;
    printf("after 2020 %d\n", now(CLOCK_REALTIME) > year2020);
    printf("agrees with time() %d\n", now(CLOCK_REALTIME) / 1000000000 - time(NULL) <= 1);
    long long last = now(CLOCK_MONOTONIC);
    int backwards = 0;
    for (int i = 0; i < 10000; i++) {
        long long next = now(CLOCK_MONOTONIC);
        backwards += next < last;
        last = next;
    }
    printf("backwards %d\n", backwards);
    struct timespec resolution;
    printf("resolution %s, %d\n", OUTCOME(clock_getres(CLOCK_MONOTONIC, &resolution)),
           resolution.tv_sec == 0 && resolution.tv_nsec > 0);

    long long start = now(CLOCK_MONOTONIC);
    struct timespec span = {0, 30000000};
    printf("nanosleep %s", OUTCOME(nanosleep(&span, NULL)));
    printf(" %s\n", took(start, 30));
    start = now(CLOCK_MONOTONIC);
    usleep(10000);
    printf("usleep %s\n", took(start, 10));

    // Standard input has a line and then its end; standard output takes data.
    struct pollfd fds[2] = {{0, POLLIN, 0}, {1, POLLOUT, 0}};
    int ready = poll(fds, 2, 5000);
    printf("poll %d, in %d, out %d\n", ready, (fds[0].revents & POLLIN) != 0,
           (fds[1].revents & POLLOUT) != 0);
    return 0;
}
