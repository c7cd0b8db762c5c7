// Programs that run as the entrypoint of a container: programs NAME [ARGUMENT].
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char* argument;

static void print_to(int fd, const char* text, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written <= 0)
            exit(3);
        text += written;
        size -= (size_t)written;
    }
}

static void print(const char* text) { print_to(1, text, strlen(text)); }

static void read_stdin(void) {
    char buffer[65536];
    while (read(0, buffer, sizeof buffer) > 0) {
    }
}

static void wait_for_ever(void) {
    for (;;)
        pause();
}

// Shows from outside that it has its payload.
static void fed(void) {
    read_stdin();
    prctl(PR_SET_NAME, "fed-program");
    wait_for_ever();
}

static void loop(void) {
    for (volatile int i = 0;; i++) {
    }
}

static void ignore_signals(void) {
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
    wait_for_ever();
}

static void stop_itself(void) {
    raise(SIGSTOP);
    wait_for_ever();
}

static void drip(void) {
    print("{\"drip\":\"");
    for (;;) {
        poll(NULL, 0, 200);
        print("x");
    }
}

static void close_outputs(void) {
    close(1);
    close(2);
    wait_for_ever();
}

static void orphan(void) {
    if (fork() == 0)
        wait_for_ever();
    print("{\"orphan\":true}");
}

static void daemonize(void) {
    signal(SIGHUP, SIG_IGN);
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            wait_for_ever();
        _exit(0);
    }
    print("{\"daemonized\":true}");
}

static void orphan_without_answer(void) {
    if (fork() == 0)
        wait_for_ever();
    exit(7);
}

static void nothing(void) { read_stdin(); }

static void exit_with(void) {
    read_stdin();
    exit(atoi(argument));
}

static void crash(void) {
    read_stdin();
    *(volatile int*)8 = 0;
}

static void flood(int fd, int other) {
    static char block[65536];
    memset(block, 'y', sizeof block);
    for (;;) {
        print_to(fd, block, sizeof block);
        print_to(other, block, sizeof block);
    }
}

static void flood_stdout(void) { flood(1, 1); }
static void flood_stderr(void) { flood(2, 2); }
static void flood_both(void) { flood(1, 2); }

// One JSON object of exactly that many bytes, and no newline.
static void object(void) {
    size_t size = (size_t)atol(argument);
    char* text = malloc(size);
    memset(text, 'x', size);
    memcpy(text, "{\"x\":\"", 6);
    memcpy(text + size - 2, "\"}", 2);
    read_stdin();
    print_to(1, text, size);
}

static void text(void) { print("hello\n"); }
static void array(void) { print("[1,2]"); }
static void two_objects(void) { print("{\"a\":1}{\"b\":2}"); }
static void trailing_text(void) { print("{\"a\":1} and more"); }
static void truncated(void) { print("{\"a\":"); }
static void invalid_utf8(void) { print("{\"a\":\"\xff\xfe\"}"); }

static void nested(void) {
    int depth = atoi(argument);
    char* opened = malloc((size_t)depth * 6 + 1);
    char* end = opened;
    for (int i = 0; i < depth; i++)
        end = stpcpy(end, i + 1 < depth ? "{\"a\":" : "{");
    for (int i = 0; i < depth; i++)
        *end++ = '}';
    print_to(1, opened, (size_t)(end - opened));
}

static void white_space(void) { print(" \n\t{\"a\": 1} \r\n\n"); }

static void error_then_object(void) {
    print_to(2, "a warning\n", 10);
    read_stdin();
    print("{}");
}

static void error_only(void) {
    for (int i = 0; i < 5000; i++)
        print_to(2, "\xff!", 2);
    exit(1);
}

static void never_read(void) { wait_for_ever(); }

static void answer_unread(void) { print("{\"unread\":true}"); }

static void close_stdin(void) {
    close(0);
    print("{\"closed\":true}");
}

static void answer_early(void) {
    char byte;
    if (read(0, &byte, 1) == 1)
        print("{\"early\":true}");
    wait_for_ever();
}

static void echo(void) {
    char buffer[65536];
    ssize_t size;
    while ((size = read(0, buffer, sizeof buffer)) > 0)
        print_to(1, buffer, (size_t)size);
}

// From a file of root's with the setuid bit, see images_of_programs.
static void print_euid(void) {
    read_stdin();
    printf("{\"euid\":%u}", (unsigned)geteuid());
}

static const struct {
    const char* name;
    void (*run)(void);
} programs[] = {
    {"sleep", wait_for_ever}, {"fed", fed}, {"loop", loop}, {"ignore_signals", ignore_signals}, {"stop_itself", stop_itself},
    {"drip", drip}, {"close_outputs", close_outputs}, {"orphan", orphan}, {"daemonize", daemonize},
    {"orphan_without_answer", orphan_without_answer}, {"nothing", nothing}, {"exit", exit_with}, {"crash", crash},
    {"flood_stdout", flood_stdout}, {"flood_stderr", flood_stderr}, {"flood_both", flood_both}, {"object", object},
    {"text", text}, {"array", array}, {"two_objects", two_objects}, {"trailing_text", trailing_text},
    {"truncated", truncated}, {"invalid_utf8", invalid_utf8}, {"nested", nested}, {"white_space", white_space},
    {"error_then_object", error_then_object}, {"error_only", error_only}, {"never_read", never_read},
    {"answer_unread", answer_unread}, {"close_stdin", close_stdin}, {"answer_early", answer_early}, {"echo", echo}, {"setuid", print_euid},
};

int main(int argc, char** argv) {
    argument = argc > 2 ? argv[2] : "0";
    for (size_t i = 0; argc > 1 && i < sizeof programs / sizeof *programs; i++) {
        if (strcmp(argv[1], programs[i].name) == 0) {
            programs[i].run();
            return 0;
        }
    }
    fprintf(stderr, "no such program\n");
    return 2;
}
