// Waiting for descriptors and clocks together.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static void show(const char *what, int found, struct pollfd *fds, int count) {
    printf("%s: %d", what, found);
    for (int i = 0; i < count; i++)
        printf(" %s%s%s%s", fds[i].revents & POLLIN ? "in" : "", fds[i].revents & POLLOUT ? "out" : "",
               fds[i].revents & POLLNVAL ? "closed" : "", fds[i].revents ? "" : "-");
    printf("\n");
}

int main(void) {
    char byte;
    int file = open("f", O_RDWR | O_CREAT, 0666);
    write(file, "abc", 3);
    lseek(file, 0, SEEK_SET);
    struct pollfd input = {0, POLLIN, 0};
    printf("input %d\n", poll(&input, 1, -1));
    struct pollfd fds[] = {{0, POLLIN, 0}, {file, POLLIN, 0}, {file, POLLOUT, 0}, {1, POLLOUT, 0}};
    show("all ready", poll(fds, 4, -1), fds, 4);
    show("at once", poll(fds, 4, 0), fds, 4);
    struct pollfd closed[] = {{99, POLLIN, 0}, {file, POLLIN, 0}};
    show("one is closed", poll(closed, 2, 1000), closed, 2);

    while (read(0, &byte, 1) == 1) {}
    long long start = now();
    // The end of the input is something to read.
    printf("end of input %d\n", poll(&input, 1, 5000));
    printf("did not wait %d\n", now() - start < 4000);

    start = now();
    struct timespec pause = {0, 30000000};
    nanosleep(&pause, NULL);
    printf("slept %d\n", now() - start >= 29 && now() - start < 20000);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 30000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    start = now();
    printf("clock_nanosleep %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
    printf(", slept %d\n", now() - start >= 29 && now() - start < 20000);
    struct timespec past = {1, 0};
    start = now();
    printf("in the past %d, at once %d\n", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &past, NULL), now() - start < 4000);
    printf("yield %d\n", sched_yield());
    close(file);
    unlink("f");
    return 0;
}
