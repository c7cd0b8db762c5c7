#include "system_call_filter.hpp"

#include "failure.hpp"
#include "system_call_rules.hpp"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace code_runner {
namespace {

using enum filter_label;

#if defined(__x86_64__)
constexpr std::uint32_t native_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t native_architecture = AUDIT_ARCH_AARCH64;
#else
#error "the filter of system calls does not know this architecture"
#endif

// Constants that the headers of Debian 12 or of the C library do not define, or define as enumerators.
constexpr std::uint32_t clone_new_time = 0x80;
constexpr std::uint32_t prctl_sched_core = 62;
constexpr std::uint32_t socket_type_bits = 0xf;
constexpr std::uint32_t ipv6_flow_label_manager = 32;
constexpr std::uint32_t io_priority_of_process = 1;
constexpr std::uint32_t memory_file_huge = 4;

constexpr std::uint32_t number_offset = offsetof(seccomp_data, nr);
constexpr std::uint32_t architecture_offset = offsetof(seccomp_data, arch);

constexpr std::uint32_t low_half(unsigned argument) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
}

constexpr std::uint32_t high_half(unsigned argument) {
    return low_half(argument) + sizeof(std::uint32_t);
}

void add_rules(filter_program& program, std::span<const system_call_rule> rules) {
    program.load(number_offset);
    program.jump_if_greater(last_known_system_call, missing_call);
    for (const system_call_rule& rule : rules)
        program.jump_if_equal(rule.number, rule.label);
    program.answer(SECCOMP_RET_ALLOW);
}

void add_sockets(filter_program& program) {
    program.mark(socket);
    program.load(low_half(0));
    program.jump_if_equal(AF_UNIX, allow);
    program.jump_if_equal(AF_INET, internet_socket);
    program.jump_if_equal(AF_INET6, internet_socket, missing_family);

    program.mark(internet_socket);
    program.load(low_half(1));
    program.keep_bits(socket_type_bits);
    program.jump_if_equal(SOCK_STREAM, internet_protocol);
    program.jump_if_equal(SOCK_DGRAM, internet_protocol, permission);

    program.mark(internet_protocol);
    program.load(low_half(2));
    program.jump_if_equal(0, allow);
    program.jump_if_equal(IPPROTO_TCP, allow);
    program.jump_if_equal(IPPROTO_UDP, allow, missing_protocol);
}

/// Socket filters can stop the host. Keys for TCP (MD5SIG, AO) and flow labels take memory that no container
/// is charged for, and the host has only 4096 flow labels. A second protocol on TCP (ULP) is used for
/// attacks.
void add_socket_options(filter_program& program) {
    program.mark(socket_option);
    program.load(low_half(1));
    program.jump_if_equal(SOL_SOCKET, common_socket_option);
    program.jump_if_equal(IPPROTO_TCP, tcp_option);
    program.jump_if_equal(IPPROTO_IPV6, ipv6_option, allow);

    program.mark(common_socket_option);
    program.load(low_half(2));
    for (const int option :
         {SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF})
        program.jump_if_equal(static_cast<std::uint32_t>(option), permission);
    program.answer(SECCOMP_RET_ALLOW);

    program.mark(tcp_option);
    program.load(low_half(2));
    for (const std::uint32_t option : {14U, 31U, 32U, 38U, 39U, 40U}) // MD5SIG, ULP, MD5SIG_EXT, AO_*
        program.jump_if_equal(option, permission);
    program.answer(SECCOMP_RET_ALLOW);

    program.mark(ipv6_option);
    program.load(low_half(2));
    program.jump_if_equal(ipv6_flow_label_manager, permission, allow);
}

void add_processes(filter_program& program) {
    program.mark(clone);
    program.load(low_half(0));
    program.jump_if_any_bit(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                CLONE_NEWPID | CLONE_NEWNET | clone_new_time,
                            permission, allow);

    // Core scheduling (PR_SCHED_CORE) would keep the other half of a processor core idle.
    program.mark(process_option);
    program.load(low_half(0));
    program.jump_if_equal(PR_SET_SECCOMP, permission);
    program.jump_if_equal(prctl_sched_core, permission, allow);
}

/// Huge pages belong to the host, and no container is charged for them.
void add_memory(filter_program& program) {
    program.mark(memory_map);
    program.load(low_half(3));
    program.jump_if_any_bit(MAP_HUGETLB, missing_memory, allow);

    program.mark(memory_file);
    program.load(low_half(1));
    program.jump_if_any_bit(memory_file_huge, missing_memory, allow);
}

/// A filter cannot know which process an id names, but it knows the id of the runner. A call for a group or
/// for all processes of a user would affect the runner too.
void add_runner(filter_program& program, std::uint32_t runner) {
    program.mark(resource_limits);
    program.load(low_half(0));
    program.jump_if_equal(runner, new_resource_limits, allow);
    program.mark(new_resource_limits);
    program.load(low_half(2));
    program.jump_if_equal(0, next, permission);
    program.load(high_half(2));
    program.jump_if_equal(0, allow, permission);

    program.mark(signal);
    program.load(low_half(0));
    program.jump_if_equal(runner, real_signal, allow);
    program.mark(real_signal); // signal 0 only checks whether the process exists
    program.load(low_half(1));
    program.jump_if_equal(0, allow, permission);

    program.mark(thread_signal);
    program.mark(scheduling);
    program.load(low_half(0));
    program.jump_if_equal(runner, permission, allow);

    program.mark(priority);
    program.load(low_half(0));
    program.jump_if_equal(PRIO_PROCESS, priority_of_process, permission);
    program.mark(io_priority);
    program.load(low_half(0));
    program.jump_if_equal(io_priority_of_process, priority_of_process, permission);
    program.mark(priority_of_process);
    program.load(low_half(1));
    program.jump_if_equal(runner, permission, allow);
}

/// Refusals return errors that a C library expects. They never kill the program, since most programs only try
/// a call.
void add_answers(filter_program& program) {
    const auto refuse = [&program](filter_label label, int error_number) {
        program.mark(label);
        program.answer(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error_number));
    };
    refuse(permission, EPERM);
    refuse(missing_call, ENOSYS);
    refuse(missing_family, EAFNOSUPPORT);
    refuse(missing_protocol, EPROTONOSUPPORT);
    refuse(missing_memory, ENOMEM);
    refuse(nothing_to_do, 0);
    program.mark(allow);
    program.answer(SECCOMP_RET_ALLOW);
}

} // namespace

std::vector<sock_filter> make_system_call_filter(pid_t runner) {
    filter_program program;
    program.load(architecture_offset);
    program.jump_if_equal(native_architecture, next, other_architecture);
    add_rules(program, native_system_call_rules());

    program.mark(other_architecture);
    if (const auto rules = i386_system_call_rules(); !rules.empty()) {
        program.jump_if_equal(AUDIT_ARCH_I386, next, missing_call);
        add_rules(program, rules);
    } else {
        program.answer(SECCOMP_RET_ERRNO | ENOSYS);
    }

    add_sockets(program);
    add_socket_options(program);
    add_processes(program);
    add_memory(program);
    add_runner(program, static_cast<std::uint32_t>(runner));
    add_answers(program);
    return program.assemble();
}

void filter_system_calls() {
    std::vector<sock_filter> filter = make_system_call_filter(::getpid());
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()), .filter = filter.data()};
    // Without this only root may install a filter.
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        throw system_failure("Failed to filter the system calls of programs", errno);
}

} // namespace code_runner
