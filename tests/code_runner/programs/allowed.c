/* What ordinary programs do with the kernel and must go on doing, a line each: "NAME ok", or why not. */
#define _GNU_SOURCE
#include <errno.h>
#include <mqueue.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile long word = 4711;

static int child_ended_well(pid_t child) {
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int sockets(void) {
    const int families[] = {AF_UNIX, AF_INET, AF_INET6};
    for (int i = 0; i < 3; i++)
        if (socket(families[i], SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 || socket(families[i], SOCK_DGRAM, 0) < 0)
            return 0;
    int pair[2];
    return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0;
}

/* Over loopback, which may be down in the name space of a container. */
static int tcp(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), one = 1;
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
        return 0;
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0)
        return errno == EADDRNOTAVAIL;
    getsockname(listener, (struct sockaddr *)&address, &size);
    int caller = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(caller, (struct sockaddr *)&address, size) != 0)
        return errno == ENETUNREACH;
    char letter = 0;
    return write(caller, "x", 1) == 1 && read(accept(listener, NULL, NULL), &letter, 1) == 1 && letter == 'x';
}

static int names(void) {
    struct addrinfo *found = NULL, hints = {.ai_flags = AI_NUMERICHOST};
    return getaddrinfo("127.0.0.1", "80", &hints, &found) == 0 && found != NULL;
}

static void *set_own_affinity(void *result) {
    cpu_set_t cpus;
    struct sched_param parameter = {0};
    *(int *)result = pthread_getaffinity_np(pthread_self(), sizeof cpus, &cpus) == 0 &&
                     pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus) == 0 &&
                     pthread_setschedparam(pthread_self(), SCHED_OTHER, &parameter) == 0 &&
                     pthread_kill(pthread_self(), 0) == 0;
    return NULL;
}

static int threads(void) {
    pthread_t thread;
    int result = 0;
    return pthread_create(&thread, NULL, set_own_affinity, &result) == 0 && pthread_join(thread, NULL) == 0 && result;
}

static int limits(void) {
    struct rlimit low = {64, 64}, now;
    if (getrlimit(RLIMIT_NOFILE, &now) != 0)
        return 0;
    now.rlim_cur = now.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &now) != 0 || setpriority(PRIO_PROCESS, 0, 19) != 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    int done = prlimit(child, RLIMIT_NOFILE, &low, NULL) == 0 && setpriority(PRIO_PROCESS, (id_t)child, 19) == 0;
    kill(child, SIGKILL);
    return done && waitpid(child, NULL, 0) == child;
}

static int process_group(void) {
    pid_t child = fork();
    if (child == 0) {
        signal(SIGUSR1, SIG_IGN);
        _exit(setpgid(0, 0) == 0 && kill(0, SIGUSR1) == 0 && setsid() < 0 ? 0 : 1);
    }
    return child_ended_well(child);
}

static int traced_child(void) {
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        _exit((int)word);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSTOPPED(status) || ptrace(PTRACE_PEEKDATA, child, &word, NULL) != 4711)
        return 0;
    ptrace(PTRACE_POKEDATA, child, &word, (void *)0);
    ptrace(PTRACE_CONT, child, NULL, NULL);
    return child_ended_well(child);
}

static int memory_of_child(void) {
    long copy = 0;
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    struct iovec here = {&copy, sizeof copy}, there = {(void *)&word, sizeof word};
    int done = process_vm_readv(child, &here, 1, &there, 1, 0) == (ssize_t)sizeof copy && copy == 4711;
    kill(child, SIGKILL);
    return done && waitpid(child, NULL, 0) == child;
}

static int timers(void) {
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct itimerspec soon = {.it_value.tv_nsec = 1000};
    int clock = timerfd_create(CLOCK_MONOTONIC, 0);
    long count = 0;
    return timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &soon, NULL) == 0 &&
           timerfd_settime(clock, 0, &soon, NULL) == 0 && read(clock, &count, sizeof count) == sizeof count;
}

static int events(void) {
    int event = eventfd(1, EFD_CLOEXEC), set = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event wanted = {.events = EPOLLIN}, found;
    return epoll_ctl(set, EPOLL_CTL_ADD, event, &wanted) == 0 && epoll_wait(set, &found, 1, 0) == 1 &&
           inotify_add_watch(inotify_init1(IN_CLOEXEC), ".", IN_CREATE) >= 0;
}

static int shared_memory(void) {
    int id = shmget(IPC_PRIVATE, 4096, 0600), file = memfd_create("name", MFD_CLOEXEC);
    char *attached = shmat(id, NULL, 0);
    shmctl(id, IPC_RMID, NULL);
    return attached != (char *)-1 && ftruncate(file, 4096) == 0 &&
           mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) != MAP_FAILED;
}

static int message_queue(void) {
    struct mq_attr size = {.mq_maxmsg = 1, .mq_msgsize = 1};
    mqd_t queue = mq_open("/allowed", O_RDWR | O_CREAT, 0600, &size);
    char letter = 0;
    int done = queue >= 0 && mq_send(queue, "x", 1, 0) == 0 && mq_receive(queue, &letter, 1, NULL) == 1;
    mq_unlink("/allowed");
    return done && letter == 'x';
}

static const struct {
    const char *name;
    int (*run)(void);
} programs[] = {
    {"sockets", sockets},
    {"tcp", tcp},
    {"names", names},
    {"threads", threads},
    {"limits", limits},
    {"process_group", process_group},
    {"traced_child", traced_child},
    {"memory_of_child", memory_of_child},
    {"timers", timers},
    {"events", events},
    {"shared_memory", shared_memory},
    {"message_queue", message_queue},
};

int main(void) {
    alarm(20);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        errno = 0;
        if (programs[i].run())
            printf("%s ok\n", programs[i].name);
        else
            printf("%s failed: %s\n", programs[i].name, strerror(errno));
        fflush(stdout);
    }
}
