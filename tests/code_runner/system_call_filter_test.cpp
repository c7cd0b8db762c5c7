#include "failure.hpp"
#include "filter_program.hpp"
#include "system_call_filter.hpp"

#include <gtest/gtest.h>

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>

namespace code_runner {
namespace {

constexpr pid_t runner = 1;
constexpr pid_t somebody = 7;

/// What the kernel does with a filter: the SECCOMP_RET_* of one call.
std::uint32_t evaluate(const std::vector<sock_filter>& filter, const seccomp_data& call) {
    std::uint32_t loaded = 0;
    for (std::size_t index = 0; index < filter.size(); ++index) {
        const sock_filter& one = filter[index];
        const auto jump = [&](bool condition) { index += condition ? one.jt : one.jf; };
        switch (one.code) {
        case BPF_LD | BPF_W | BPF_ABS:
            std::memcpy(&loaded, reinterpret_cast<const char*>(&call) + one.k, sizeof loaded);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            loaded &= one.k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            jump(loaded == one.k);
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            jump(loaded > one.k);
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            jump((loaded & one.k) != 0);
            break;
        case BPF_RET | BPF_K:
            return one.k;
        default:
            ADD_FAILURE() << "unknown instruction " << one.code;
            return 0;
        }
    }
    ADD_FAILURE() << "the filter has no end";
    return 0;
}

using arguments = std::array<std::uint64_t, 6>;

constexpr int allowed = -1;

/// The error that a call gets, 0 for a success without the call, or `allowed`.
int outcome_for(std::uint32_t architecture, long number, const arguments& values) {
    seccomp_data call{};
    call.nr = static_cast<int>(number);
    call.arch = architecture;
    std::copy(values.begin(), values.end(), call.args);
    const std::uint32_t action = evaluate(make_system_call_filter(runner), call);
    if (action == SECCOMP_RET_ALLOW)
        return allowed;
    EXPECT_EQ(action & SECCOMP_RET_ACTION_FULL, SECCOMP_RET_ERRNO);
    return static_cast<int>(action & SECCOMP_RET_DATA);
}

#if defined(__x86_64__)
constexpr std::uint32_t native = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t native = AUDIT_ARCH_AARCH64;
#endif

int outcome(long number, const arguments& values = {}) {
    return outcome_for(native, number, values);
}

/// Of a call of a 32-bit program, whose numbers are its own.
int outcome_of_i386(long number, const arguments& values = {}) {
    return outcome_for(AUDIT_ARCH_I386, number, values);
}

constexpr std::uint64_t as_argument(int value) {
    return static_cast<std::uint32_t>(value);
}

TEST(system_call_filter, lets_pass_what_programs_live_on) {
    for (const long number : {SYS_read,
                              SYS_write,
                              SYS_execve,
                              SYS_exit_group,
                              SYS_wait4,
                              SYS_futex,
                              SYS_ptrace,
                              SYS_process_vm_readv,
                              SYS_pidfd_open,
                              SYS_kcmp,
                              SYS_shmget,
                              SYS_mq_open,
                              SYS_timer_create,
                              SYS_eventfd2,
                              SYS_epoll_create1,
                              SYS_inotify_init1,
                              SYS_timerfd_create,
                              SYS_signalfd4,
                              SYS_getsockopt,
                              SYS_sched_getaffinity,
                              SYS_getpriority,
                              SYS_rseq,
                              SYS_landlock_create_ruleset})
        EXPECT_EQ(outcome(number), allowed) << number;
}

TEST(system_call_filter, is_small) {
    EXPECT_LE(make_system_call_filter(runner).size(), 240U);
}

TEST(system_call_filter, refuses_filters_of_sockets_and_of_calls) {
    for (const std::uint64_t option : {26U, 50U, 51U, 52U})
        EXPECT_EQ(outcome(SYS_setsockopt, {3, SOL_SOCKET, option}), EPERM) << option;
    EXPECT_EQ(outcome(SYS_seccomp), EPERM);
    EXPECT_EQ(outcome(SYS_prctl, {PR_SET_SECCOMP, SECCOMP_MODE_FILTER}), EPERM);
    EXPECT_EQ(outcome(SYS_prctl, {std::uint64_t{PR_SET_SECCOMP} | (std::uint64_t{1} << 32)}), EPERM);
    EXPECT_EQ(outcome(SYS_bpf), EPERM);
    EXPECT_EQ(outcome(SYS_setsockopt, {3, SOL_SOCKET, SO_REUSEADDR}), allowed);
    EXPECT_EQ(outcome(SYS_prctl, {PR_SET_NAME}), allowed);
}

TEST(system_call_filter, refuses_socket_options_that_take_memory_of_the_host) {
    constexpr int tcp = 6;
    for (const std::uint64_t option : {14U, 31U, 32U, 38U, 39U, 40U})
        EXPECT_EQ(outcome(SYS_setsockopt, {3, tcp, option}), EPERM) << option;
    EXPECT_EQ(outcome(SYS_setsockopt, {3, tcp, 1}), allowed) << "TCP_NODELAY";
    EXPECT_EQ(outcome(SYS_setsockopt, {3, 41, 32}), EPERM) << "IPV6_FLOWLABEL_MGR";
    EXPECT_EQ(outcome(SYS_setsockopt, {3, 41, 26}), allowed) << "IPV6_V6ONLY";
    EXPECT_EQ(outcome(SYS_setsockopt, {3, 0, 14}), allowed) << "another level";
}

TEST(system_call_filter, knows_three_families_of_sockets) {
    for (const std::uint64_t family : std::initializer_list<std::uint64_t>{AF_UNIX, AF_INET, AF_INET6})
        for (const long call : {SYS_socket, SYS_socketpair})
            EXPECT_EQ(outcome(call, {family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK}), allowed);
    for (std::uint64_t family = 0; family < 64; ++family) {
        const bool known = family == AF_UNIX || family == AF_INET || family == AF_INET6;
        EXPECT_EQ(outcome(SYS_socket, {family, SOCK_DGRAM}), known ? allowed : EAFNOSUPPORT) << family;
    }
    EXPECT_EQ(outcome(SYS_socketpair, {AF_VSOCK, SOCK_STREAM}), EAFNOSUPPORT);
}

TEST(system_call_filter, knows_tcp_and_udp_only) {
    for (const std::uint64_t family : std::initializer_list<std::uint64_t>{AF_INET, AF_INET6}) {
        EXPECT_EQ(outcome(SYS_socket, {family, SOCK_STREAM, 6}), allowed);
        EXPECT_EQ(outcome(SYS_socket, {family, SOCK_DGRAM, 17}), allowed);
        EXPECT_EQ(outcome(SYS_socket, {family, SOCK_STREAM, 262}), EPROTONOSUPPORT) << "MPTCP";
        EXPECT_EQ(outcome(SYS_socket, {family, SOCK_DGRAM, 1}), EPROTONOSUPPORT) << "ICMP";
        EXPECT_EQ(outcome(SYS_socket, {family, SOCK_RAW, 6}), EPERM);
        EXPECT_EQ(outcome(SYS_socket, {family, SOCK_SEQPACKET, 0}), EPERM);
    }
    EXPECT_EQ(outcome(SYS_socket, {AF_UNIX, SOCK_SEQPACKET}), allowed);
}

TEST(system_call_filter, refuses_name_spaces_and_lets_threads_and_processes_pass) {
    constexpr std::uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                     CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                     CLONE_CHILD_CLEARTID;
    EXPECT_EQ(outcome(SYS_clone, {thread}), allowed);
    EXPECT_EQ(outcome(SYS_clone, {CLONE_VM | CLONE_VFORK | SIGCHLD}), allowed);
    for (const int flag : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
                           CLONE_NEWPID, CLONE_NEWNET})
        EXPECT_EQ(outcome(SYS_clone, {as_argument(flag | SIGCHLD)}), EPERM) << flag;
    EXPECT_EQ(outcome(SYS_clone3), ENOSYS);
    EXPECT_EQ(outcome(SYS_unshare, {CLONE_NEWUSER}), EPERM);
    EXPECT_EQ(outcome(SYS_setns), EPERM);
}

TEST(system_call_filter, refuses_what_changes_the_runner_and_nothing_else) {
    constexpr std::uint64_t pointer = 0x7fff'0000'0000; // its low half is 0
    EXPECT_EQ(outcome(SYS_prlimit64, {runner, RLIMIT_NOFILE, pointer}), EPERM);
    EXPECT_EQ(outcome(SYS_prlimit64, {runner, RLIMIT_NOFILE, 0x1000}), EPERM);
    EXPECT_EQ(outcome(SYS_prlimit64, {runner, RLIMIT_NOFILE, 0, pointer}), allowed) << "it only reads";
    EXPECT_EQ(outcome(SYS_prlimit64, {0, RLIMIT_NOFILE, pointer}), allowed);
    EXPECT_EQ(outcome(SYS_prlimit64, {somebody, RLIMIT_NOFILE, pointer}), allowed);
    for (const long call :
         {SYS_sched_setparam, SYS_sched_setscheduler, SYS_sched_setaffinity, SYS_sched_setattr, SYS_tkill,
          SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo}) {
        EXPECT_EQ(outcome(call, {runner}), EPERM) << call;
        EXPECT_EQ(outcome(call, {runner | (std::uint64_t{1} << 32)}), EPERM)
            << "the kernel sees the low half";
        EXPECT_EQ(outcome(call, {0}), allowed) << call;
        EXPECT_EQ(outcome(call, {somebody}), allowed) << call;
    }
    EXPECT_EQ(outcome(SYS_kill, {runner, SIGKILL}), EPERM);
    EXPECT_EQ(outcome(SYS_kill, {runner, 0}), allowed);
    EXPECT_EQ(outcome(SYS_kill, {as_argument(-1), SIGKILL}), allowed);
}

TEST(system_call_filter, refuses_priorities_of_the_runner_of_groups_and_of_users) {
    EXPECT_EQ(outcome(SYS_setpriority, {PRIO_PROCESS, runner, 19}), EPERM);
    EXPECT_EQ(outcome(SYS_setpriority, {PRIO_PROCESS, 0, 19}), allowed);
    EXPECT_EQ(outcome(SYS_setpriority, {PRIO_PROCESS, somebody, 19}), allowed);
    EXPECT_EQ(outcome(SYS_setpriority, {PRIO_PGRP, 0, 19}), EPERM);
    EXPECT_EQ(outcome(SYS_setpriority, {PRIO_USER, 0, 19}), EPERM);
    EXPECT_EQ(outcome(SYS_ioprio_set, {1, runner}), EPERM);
    EXPECT_EQ(outcome(SYS_ioprio_set, {1, 0}), allowed);
    EXPECT_EQ(outcome(SYS_ioprio_set, {2, 0}), EPERM);
    EXPECT_EQ(outcome(SYS_ioprio_set, {3, 0}), EPERM);
}

TEST(system_call_filter, refuses_huge_pages_and_no_other_memory) {
    EXPECT_EQ(outcome(SYS_mmap, {0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB}), ENOMEM);
    EXPECT_EQ(outcome(SYS_mmap, {0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS}), allowed);
    EXPECT_EQ(outcome(SYS_memfd_create, {0, MFD_HUGETLB}), ENOMEM);
    EXPECT_EQ(outcome(SYS_memfd_create, {0, MFD_CLOEXEC}), allowed);
}

TEST(system_call_filter, makes_sync_a_success_without_the_call) {
    EXPECT_EQ(outcome(SYS_sync), 0);
}

TEST(system_call_filter, does_not_have_calls_that_nobody_has_read) {
    EXPECT_EQ(outcome(466), allowed);
    EXPECT_EQ(outcome(467), ENOSYS);
    EXPECT_EQ(outcome(1000), ENOSYS);
    EXPECT_EQ(outcome(SYS_read | 0x40000000), ENOSYS) << "x32";
}

TEST(system_call_filter, does_not_have_calls_of_another_architecture) {
    EXPECT_EQ(outcome_for(AUDIT_ARCH_ARM, 3, {}), ENOSYS);
}

#ifdef __x86_64__
TEST(system_call_filter, lets_32_bit_programs_live) {
    for (const long number : {1, 3, 4, 5, 11, 45, 120, 162, 243, 252}) // exit to exit_group
        EXPECT_EQ(outcome_of_i386(number), allowed) << number;
    EXPECT_EQ(outcome_of_i386(359, {AF_INET, SOCK_STREAM}), allowed) << "socket";
    EXPECT_EQ(outcome_of_i386(192, {0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS}), allowed) << "mmap2";
}

TEST(system_call_filter, refuses_32_bit_programs_the_same) {
    EXPECT_EQ(outcome_of_i386(359, {AF_NETLINK, SOCK_RAW}), EAFNOSUPPORT) << "socket";
    EXPECT_EQ(outcome_of_i386(360, {AF_VSOCK, SOCK_STREAM}), EAFNOSUPPORT) << "socketpair";
    EXPECT_EQ(outcome_of_i386(102, {1}), ENOSYS) << "socketcall";
    EXPECT_EQ(outcome_of_i386(366, {3, SOL_SOCKET, 26}), EPERM) << "setsockopt";
    EXPECT_EQ(outcome_of_i386(354), EPERM) << "seccomp";
    EXPECT_EQ(outcome_of_i386(172, {PR_SET_SECCOMP}), EPERM) << "prctl";
    EXPECT_EQ(outcome_of_i386(310), EPERM) << "unshare";
    EXPECT_EQ(outcome_of_i386(120, {as_argument(CLONE_NEWUSER)}), EPERM) << "clone";
    EXPECT_EQ(outcome_of_i386(435), ENOSYS) << "clone3";
    EXPECT_EQ(outcome_of_i386(340, {runner, RLIMIT_CPU, 0x1000}), EPERM) << "prlimit64";
    EXPECT_EQ(outcome_of_i386(37, {runner, SIGKILL}), EPERM) << "kill";
    EXPECT_EQ(outcome_of_i386(97, {PRIO_USER}), EPERM) << "setpriority";
    EXPECT_EQ(outcome_of_i386(245), ENOSYS) << "io_setup";
    EXPECT_EQ(outcome_of_i386(425), EPERM) << "io_uring_setup";
    EXPECT_EQ(outcome_of_i386(192, {0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB}), ENOMEM)
        << "mmap2";
    EXPECT_EQ(outcome_of_i386(90), ENOSYS) << "mmap";
}
#endif

TEST(filter_program, refuses_a_jump_to_nowhere) {
    filter_program program;
    program.jump_if_equal(1, filter_label::allow);
    EXPECT_THROW(program.assemble(), failure);
}

TEST(filter_program, refuses_a_jump_that_is_too_long) {
    filter_program program;
    program.jump_if_equal(1, filter_label::allow);
    for (int count = 0; count < 256; ++count)
        program.load(0);
    program.mark(filter_label::allow);
    program.answer(SECCOMP_RET_ALLOW);
    EXPECT_THROW(program.assemble(), failure);
}

} // namespace
} // namespace code_runner
