// try_calls GROUP: tries each system call of a group once. A call that passes has no effect: most name an
// address or a descriptor that does not exist. Prints a line that begins with BREACH for each call that the
// kernel carried out, or examined closely enough to find that fault.
//
// It has no C library: _start at the end of this file gets the arguments from the stack.

#include <asm/unistd.h>
#include <linux/errno.h>

namespace {

#if defined(__x86_64__)

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
    long result = number;
    register long fourth asm("r10") = d;
    register long fifth asm("r8") = e;
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
                 : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
    register long called asm("x8") = number;
    register long first asm("x0") = a;
    register long second asm("x1") = b;
    register long third asm("x2") = c;
    register long fourth asm("x3") = d;
    register long fifth asm("x4") = e;
    asm volatile("svc 0"
                 : "+r"(first)
                 : "r"(called), "r"(second), "r"(third), "r"(fourth), "r"(fifth)
                 : "memory");
    return first;
}

#else
#error "the self-test does not know how this architecture makes system calls"
#endif

long length(const char* text) {
    long count = 0;
    while (text[count] != '\0')
        ++count;
    return count;
}

bool equal(const char* one, const char* other) {
    while (*one != '\0' && *one == *other) {
        ++one;
        ++other;
    }
    return *one == *other;
}

void print(const char* text) {
    call(__NR_write, 1, reinterpret_cast<long>(text), length(text));
}

void breach(const char* protection) {
    print("BREACH: ");
    print(protection);
    print("\n");
}

/// The call succeeded, or failed for a reason that the kernel finds only after every filter.
bool reached_kernel(long result) {
    return result >= 0 || result == -EFAULT || result == -EINVAL || result == -EBADF || result == -ENOKEY;
}

struct attempt {
    const char* name;
    long number;
    long arguments[5];
};

template <int Count>
void expect_refusals(const attempt (&attempts)[Count]) {
    for (const auto& each : attempts) {
        const auto& with = each.arguments;
        if (reached_kernel(call(each.number, with[0], with[1], with[2], with[3], with[4])))
            breach(each.name);
    }
}

/// A kernel without a family refuses it like a filter does, so only a socket that opens counts.
void try_families() {
    constexpr attempt families[] = {
        {"a socket of AF_NETLINK", __NR_socket, {16, 3, 2}},
        {"a socket of AF_NETLINK, routes", __NR_socket, {16, 3, 0}},
        {"a socket of AF_VSOCK", __NR_socket, {40, 1, 0}},
        {"a socket of AF_ALG", __NR_socket, {38, 5, 0}},
        {"a socket of AF_PACKET", __NR_socket, {17, 3, 0}},
        {"a socket of AF_CAN", __NR_socket, {29, 3, 1}},
        {"a socket of AF_TIPC", __NR_socket, {30, 1, 0}},
        {"a socket of AF_INET, ICMP", __NR_socket, {2, 2, 1}},
        {"a socket of AF_INET, SCTP", __NR_socket, {2, 1, 132}},
        {"a socket of AF_INET, MPTCP", __NR_socket, {2, 1, 262}},
    };
    for (const auto& each : families)
        if (call(each.number, each.arguments[0], each.arguments[1], each.arguments[2]) >= 0)
            breach(each.name);
}

void try_internet() {
    if (call(__NR_socket, 2, 1, 0) >= 0)
        breach("a socket of AF_INET");
    if (call(__NR_socket, 10, 2, 0) >= 0)
        breach("a socket of AF_INET6");
}

void try_programs_of_sockets() {
    const long local = call(__NR_socket, 1, 1, 0);
    const long tcp = call(__NR_socket, 2, 1, 0);
    const attempt options[] = {
        {"SO_ATTACH_FILTER", __NR_setsockopt, {local, 1, 26, 0, 0}},
        {"SO_ATTACH_BPF", __NR_setsockopt, {local, 1, 50, 0, 0}},
        {"SO_ATTACH_REUSEPORT_CBPF", __NR_setsockopt, {local, 1, 51, 0, 0}},
        {"SO_ATTACH_REUSEPORT_EBPF", __NR_setsockopt, {local, 1, 52, 0, 0}},
        {"seccomp(2)", __NR_seccomp, {1, 0, 0}},
        {"PR_SET_SECCOMP", __NR_prctl, {22, 2, 0}},
    };
    expect_refusals(options);
    const attempt keys[] = {
        {"TCP_MD5SIG", __NR_setsockopt, {tcp, 6, 14, 0, 0}},
        {"TCP_MD5SIG_EXT", __NR_setsockopt, {tcp, 6, 32, 0, 0}},
    };
    if (tcp >= 0)
        expect_refusals(keys);
}

void try_rings() {
    constexpr attempt attempts[] = {
        {"io_uring_setup", __NR_io_uring_setup, {1, 0}},
        {"io_uring_enter", __NR_io_uring_enter, {-1}},
        {"io_uring_register", __NR_io_uring_register, {-1}},
    };
    expect_refusals(attempts);
}

void try_asynchronous_io() {
    constexpr attempt attempts[] = {
        {"io_setup", __NR_io_setup, {1, 0}},
        {"io_submit", __NR_io_submit, {0, 1, 0}},
        {"io_destroy", __NR_io_destroy, {0}},
    };
    expect_refusals(attempts);
}

void try_keyrings() {
    constexpr attempt attempts[] = {
        {"keyctl", __NR_keyctl, {0, -3, 0}},
        {"add_key", __NR_add_key, {0, 0, 0, 0, 0}},
        {"request_key", __NR_request_key, {0, 0, 0, 0}},
    };
    expect_refusals(attempts);
}

void try_name_spaces() {
    constexpr attempt attempts[] = {
        {"unshare", __NR_unshare, {0}},
        {"setns", __NR_setns, {-1, 0}},
        {"clone3", __NR_clone3, {0, 0}},
        {"fsopen", __NR_fsopen, {0, 0}},
        {"open_tree", __NR_open_tree, {-1, 0, 0}},
        {"open_by_handle_at", __NR_open_by_handle_at, {-1, 0, 0}},
        {"fanotify_init", __NR_fanotify_init, {-1, 0}},
    };
    expect_refusals(attempts);
}

void try_kernel() {
    constexpr attempt attempts[] = {
        {"bpf", __NR_bpf, {0, 0, 0}},
        {"perf_event_open", __NR_perf_event_open, {0, 0, -1, -1, 0}},
        {"userfaultfd", __NR_userfaultfd, {-1}},
        {"move_pages", __NR_move_pages, {0, 0, 0, 0, -1}},
    };
    expect_refusals(attempts);
}

/// Each call sets the value that is already there, so nothing changes if it passes.
void try_first_process() {
    const unsigned long no_core[2] = {1, 1};
    const int ordinary = 0;
    const attempt attempts[] = {
        {"prlimit of PID 1", __NR_prlimit64, {1, 4, reinterpret_cast<long>(no_core), 0}},
        {"setpriority of PID 1", __NR_setpriority, {0, 1, 0}},
        {"sched_setscheduler of PID 1", __NR_sched_setscheduler, {1, 0, reinterpret_cast<long>(&ordinary)}},
    };
    for (const auto& each : attempts)
        if (call(each.number, each.arguments[0], each.arguments[1], each.arguments[2], each.arguments[3]) >=
            0)
            breach(each.name);
}

struct group {
    const char* name;
    void (*attempts)();
};

int run(const char* name) {
    constexpr group groups[] = {
        {"families", try_families},
        {"internet", try_internet},
        {"programs", try_programs_of_sockets},
        {"rings", try_rings},
        {"aio", try_asynchronous_io},
        {"keyrings", try_keyrings},
        {"name-spaces", try_name_spaces},
        {"kernel", try_kernel},
        {"first-process", try_first_process},
    };
    for (const auto& each : groups) {
        if (!equal(each.name, name))
            continue;
        each.attempts();
        print("tried\n");
        return 0;
    }
    return 2;
}

} // namespace

/// `stack`: the number of arguments, followed by their addresses.
extern "C" [[noreturn]] void begin(const long* stack) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel hands the arguments over like this.
    const int status = stack[0] == 2 ? run(reinterpret_cast<const char*>(stack[2])) : 2;
    for (;;)
        call(__NR_exit_group, status);
}

#if defined(__x86_64__)
asm(".globl _start\n_start:\n    mov %rsp, %rdi\n    and $-16, %rsp\n    call begin\n");
#else
asm(".globl _start\n_start:\n    mov x0, sp\n    bl begin\n");
#endif
