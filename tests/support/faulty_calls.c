/* Preloaded into a program: makes one of its system calls fail as long as a test wants it to. The file that
   FAULTY_CALLS names holds the test's wish, four ints: which call (0: none), with which errno, each how many-th of
   them; the fourth counts those that have failed. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET = 1, CONNECT, ACCEPT, EPOLL_CTL, RECV, SEND, IOCTL };

struct wish {
    int call;
    int error;
    int every;
    int failed;
};

static volatile struct wish *wish;
static int calls;

__attribute__((constructor)) static void listen_to_wishes(void) {
    const char *path = getenv("FAULTY_CALLS");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *wish, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0)
        close(file);
    if (mapped != MAP_FAILED)
        wish = mapped;
}

static int fails(int call) {
    if (wish == NULL || wish->call != call || wish->every == 0 ||
        __sync_add_and_fetch(&calls, 1) % wish->every != 0)
        return 0;
    __sync_add_and_fetch(&wish->failed, 1);
    errno = wish->error;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int socket(int domain, int type, int protocol) { return fails(SOCKET) ? -1 : REAL(socket)(domain, type, protocol); }

int connect(int fd, const struct sockaddr *address, socklen_t size) {
    return fails(CONNECT) ? -1 : REAL(connect)(fd, address, size);
}

int accept(int fd, struct sockaddr *address, socklen_t *size) {
    return fails(ACCEPT) ? -1 : REAL(accept)(fd, address, size);
}

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
    return fails(ACCEPT) ? -1 : REAL(accept4)(fd, address, size, flags);
}

int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event) {
    return what != EPOLL_CTL_DEL && fails(EPOLL_CTL) ? -1 : REAL(epoll_ctl)(epoll, what, fd, event);
}

ssize_t recv(int fd, void *buffer, size_t size, int flags) {
    return fails(RECV) ? -1 : REAL(recv)(fd, buffer, size, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    return fails(RECV) ? -1 : REAL(recvmsg)(fd, message, flags);
}

ssize_t send(int fd, const void *buffer, size_t size, int flags) {
    return fails(SEND) ? -1 : REAL(send)(fd, buffer, size, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    return fails(SEND) ? -1 : REAL(sendmsg)(fd, message, flags);
}

int ioctl(int fd, unsigned long what, ...) {
    va_list more;
    va_start(more, what);
    void *argument = va_arg(more, void *);
    va_end(more);
    return fails(IOCTL) ? -1 : REAL(ioctl)(fd, what, argument);
}
