// A server that answers one client. The first argument is the number of the socket that listens.
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef __wasi__
#include <signal.h>
#endif

#include "errors.h"

int main(int argc, char **argv) {
    int listener = argc > 1 ? atoi(argv[1]) : 0, file = open("f", O_RDWR | O_CREAT, 0666);
    char buffer[64] = {0};
#ifndef __wasi__
    signal(SIGPIPE, SIG_IGN);
#endif
    // The client is there already, and has sent its request.
    struct pollfd waiting = {listener, POLLIN, 0};
    printf("waiting %d %d\n", poll(&waiting, 1, 20000), !!(waiting.revents & POLLIN));
    int peer = accept(listener, NULL, NULL);
    printf("accept %s\n", peer < 0 ? error_name(errno) : "ok");
    int type = 0;
    socklen_t length = sizeof type;
    printf("type %s %d\n", OUTCOME(getsockopt(peer, SOL_SOCKET, SO_TYPE, &type, &length)), type == SOCK_STREAM);
    waiting.fd = peer;
    printf("request %d %d\n", poll(&waiting, 1, 20000), !!(waiting.revents & POLLIN));
    printf("peek %d", (int)recv(peer, buffer, 5, MSG_PEEK));
    printf(" %.5s\n", buffer);
    printf("all %d", (int)recv(peer, buffer, 11, MSG_WAITALL));
    printf(" %.11s\n", buffer);
    fcntl(peer, F_SETFL, O_NONBLOCK);
    printf("no more %s\n", OUTCOME(recv(peer, buffer, 1, 0)));
    fcntl(peer, F_SETFL, 0);
    printf("send %d, write %d\n", (int)send(peer, "answer", 6, 0), (int)write(peer, "!", 1));
    printf("shutdown %s", OUTCOME(shutdown(peer, SHUT_WR)));
    printf(", send then %s\n", OUTCOME(send(peer, "x", 1, 0)));
    // The client now has its answer, says the last word and closes.
    printf("last %d", (int)recv(peer, buffer, 64, MSG_WAITALL));
    printf(" %.3s, end %d, by read %d\n", buffer, (int)recv(peer, buffer, 64, 0), (int)read(peer, buffer, 64));
    printf("seek %s, pread %s\n", OUTCOME(lseek(peer, 0, SEEK_CUR)), OUTCOME(pread(peer, buffer, 1, 0)));
    printf("close %s, closed %s\n", OUTCOME(close(peer)), OUTCOME(recv(peer, buffer, 1, 0)));

    fcntl(listener, F_SETFL, O_NONBLOCK);
    printf("nobody %s\n", OUTCOME(accept(listener, NULL, NULL)));
    printf("no socket %s %s", OUTCOME(recv(file, buffer, 1, 0)), OUTCOME(send(file, "x", 1, 0)));
    printf(" %s %s\n", OUTCOME(shutdown(file, SHUT_RD)), OUTCOME(accept(file, NULL, NULL)));
    printf("bad flags %s\n", OUTCOME(shutdown(listener, 77)));
    close(file);
    unlink("f");
    return 0;
}
