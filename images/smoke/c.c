#define _GNU_SOURCE
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#undef NDEBUG

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int sum;

static void *add(void *number) {
    pthread_mutex_lock(&mutex);
    sum += *(int *)number;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void threads(void) {
    pthread_t ids[8];
    int numbers[8];
    for (int i = 0; i < 8; ++i) {
        numbers[i] = i;
        assert(pthread_create(&ids[i], NULL, add, &numbers[i]) == 0);
    }
    for (int i = 0; i < 8; ++i)
        pthread_join(ids[i], NULL);
    assert(sum == 28);
    cpu_set_t cpus;
    assert(pthread_getaffinity_np(pthread_self(), sizeof cpus, &cpus) == 0);
    assert(pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus) == 0);
    sem_t semaphore;
    sem_init(&semaphore, 0, 1);
    assert(sem_wait(&semaphore) == 0);
}

static void processes(void) {
    int status, ends[2];
    assert(pipe(ends) == 0);
    if (fork() == 0)
        _exit(write(ends[1], "x", 1) == 1 ? 5 : 6);
    assert(wait(&status) > 0 && WEXITSTATUS(status) == 5);
    FILE *child = popen("echo popen", "r");
    char line[32];
    assert(fgets(line, sizeof line, child) && strcmp(line, "popen\n") == 0 && pclose(child) == 0);
    assert(system("exit 3") == 3 << 8);
    pid_t pid;
    char *words[] = {"true", NULL}, *none[] = {NULL};
    assert(posix_spawnp(&pid, "true", NULL, NULL, words, none) == 0 && waitpid(pid, &status, 0) == pid);
    int shared = shmget(IPC_PRIVATE, 4096, 0600);
    assert(shared >= 0 && shmat(shared, NULL, 0) != (void *)-1 && shmctl(shared, IPC_RMID, NULL) == 0);
    int set = semget(IPC_PRIVATE, 1, 0600);
    assert(set >= 0 && semctl(set, 0, IPC_RMID) == 0);
    assert(setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0)) == 0);
    struct rlimit limit;
    assert(getrlimit(RLIMIT_NOFILE, &limit) == 0 && setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static void sockets(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    assert(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
    assert(bind(listener, (void *)&address, sizeof address) == 0 && listen(listener, 5) == 0);
    assert(getsockname(listener, (void *)&address, &size) == 0);
    assert(connect(client, (void *)&address, sizeof address) == 0);
    int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    char byte = 0;
    assert(send(client, "x", 1, 0) == 1 && recv(server, &byte, 1, 0) == 1 && byte == 'x');
    int poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLOUT};
    assert(epoll_ctl(poller, EPOLL_CTL_ADD, client, &event) == 0 && epoll_wait(poller, &event, 1, 1000) == 1);
    int pair[2];
    assert(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    assert(write(pair[0], "ab", 2) == 2 && read(pair[1], &byte, 1) == 1);
    assert(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) >= 0);
    assert(socket(AF_INET6, SOCK_STREAM, 0) >= 0 || errno == EAFNOSUPPORT);
}

static volatile sig_atomic_t alarms;

static void count(int number) {
    alarms += number == SIGALRM;
}

static void clocks(void) {
    struct timespec pause = {0, 10 * 1000 * 1000}, now;
    assert(nanosleep(&pause, NULL) == 0 && clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    time_t today = time(NULL);
    assert(localtime(&today)->tm_year > 120);
    signal(SIGALRM, count);
    timer_t timer;
    assert(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0);
    struct itimerspec soon = {.it_value = {0, 1000 * 1000}};
    assert(timer_settime(timer, 0, &soon, NULL) == 0);
    while (alarms == 0)
        usleep(1000);
    int descriptor = timerfd_create(CLOCK_MONOTONIC, 0);
    uint64_t expirations;
    assert(timerfd_settime(descriptor, 0, &soon, NULL) == 0);
    assert(read(descriptor, &expirations, sizeof expirations) == sizeof expirations);
    assert(eventfd(1, 0) >= 0 && clock() >= 0);
}

static void files(void) {
    char name[] = "/tmp/smoke-XXXXXX";
    int file = mkstemp(name);
    assert(file >= 0 && ftruncate(file, 8192) == 0);
    char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert(mapped != MAP_FAILED);
    mapped[4096] = 'x';
    assert(msync(mapped, 8192, MS_SYNC) == 0 && fsync(file) == 0 && lockf(file, F_LOCK, 0) == 0);
    struct stat found;
    assert(stat(name, &found) == 0 && found.st_size == 8192 && chmod(name, 0400) == 0);
    assert(rename(name, "/tmp/renamed") == 0 && link("/tmp/renamed", name) == 0 && unlink(name) == 0);
    assert(symlink("renamed", "/tmp/link") == 0 && mkdir("folder", 0777) == 0 && rmdir("folder") == 0);
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0 && madvise(code, 4096, MADV_DONTNEED) == 0);
}

static void environment(void) {
    assert(setenv("NAME", "value", 1) == 0 && system("test \"$NAME\" = value") == 0);
    char folder[256];
    assert(getcwd(folder, sizeof folder) && strcmp(folder, getenv("HOME")) == 0);
    struct utsname system;
    assert(uname(&system) == 0 && sysconf(_SC_NPROCESSORS_ONLN) > 0);
}

static void numbers(void) {
    volatile double one = 1;
    assert(fabs(sin(one) * sin(one) + cos(one) * cos(one) - 1) < 1e-9);
    long long bytes;
    assert(getrandom(&bytes, sizeof bytes, 0) == sizeof bytes);
}

static void user(void) {
    struct passwd *entry = getpwuid(getuid());
    assert(entry && strcmp(entry->pw_dir, getenv("HOME")) == 0);
}

static void text(void) {
    assert(setlocale(LC_ALL, ""));
    wchar_t wide[8];
    assert(mbstowcs(wide, "straße", 8) == 6);
}

int main(void) {
    struct {
        const char *name;
        void (*test)(void);
    } areas[] = {{"threads", threads}, {"processes", processes}, {"sockets", sockets}, {"clocks", clocks},
                 {"files", files},     {"environment", environment}, {"numbers", numbers}, {"user", user},
                 {"text", text}};
    for (size_t i = 0; i < sizeof areas / sizeof *areas; ++i) {
        areas[i].test();
        printf("%s ok\n", areas[i].name);
        fflush(stdout);
    }
    puts("done");
}
