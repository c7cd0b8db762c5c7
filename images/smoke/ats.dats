(* The standard library of C is the one of ATS: what it calls goes through this block. *)
%{^
#include <arpa/inet.h>
#include <math.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int processes(void) {
    int status;
    if (fork() == 0)
        _exit(5);
    return wait(&status) > 0 && WEXITSTATUS(status) == 5 && system("exit 3") == 3 << 8;
}

static int sockets(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    return bind(listener, (void *)&address, size) == 0 && listen(listener, 1) == 0 &&
           getsockname(listener, (void *)&address, &size) == 0 && connect(client, (void *)&address, size) == 0 &&
           write(client, "x", 1) == 1;
}

static int clocks(void) {
    struct timespec pause = {0, 10 * 1000 * 1000};
    time_t now = time(NULL);
    return nanosleep(&pause, NULL) == 0 && localtime(&now)->tm_year > 120;
}

static int files(void) {
    FILE *file = tmpfile();
    return file && fputs("x", file) >= 0 && fclose(file) == 0;
}

static int user(void) {
    struct passwd *entry = getpwuid(getuid());
    return entry && strcmp(entry->pw_dir, getenv("HOME")) == 0;
}
%}

#include "share/atspre_staload.hats"

extern fun processes(): int = "ext#"
extern fun sockets(): int = "ext#"
extern fun clocks(): int = "ext#"
extern fun files(): int = "ext#"
extern fun user(): int = "ext#"

fun report(name: string, result: int): void =
  if result = 1 then println!(name, " ok") else (println!(name, " failed"); exit(1))

fun sum(n: int): int = if n > 0 then n + sum(n - 1) else 0

implement main0() = {
  val () = report("processes", processes())
  val () = report("sockets", sockets())
  val () = report("clocks", clocks())
  val () = report("files", files())
  val () = report("numbers", if sum(8) = 36 then 1 else 0)
  val () = report("user", user())
  val () = println!("done")
}
