#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <map>
#include <vector>

namespace code_runner {

/// A place in a filter: an answer, or a check of a call's arguments that leads to one.
enum class filter_label : std::uint8_t {
    next, ///< the instruction that follows

    allow,
    permission,       ///< EPERM, which programs know from the filters of the engines
    missing_call,     ///< ENOSYS, as a kernel without this call answers
    missing_family,   ///< EAFNOSUPPORT
    missing_protocol, ///< EPROTONOSUPPORT
    missing_memory,   ///< ENOMEM
    nothing_to_do,    ///< success, without making the call

    other_architecture,
    socket,
    internet_socket,
    internet_protocol,
    socket_option,
    common_socket_option,
    tcp_option,
    ipv6_option,
    clone,
    process_option,
    resource_limits,
    new_resource_limits,
    signal,
    real_signal,
    thread_signal,
    scheduling,
    priority,
    io_priority,
    priority_of_process,
    memory_map,
    memory_file,
};

/// Assembles a program of classic BPF for seccomp(2). Jumps go forward, by at most 255 instructions.
class filter_program {
  public:
    /// Loads 32 bits of the call's description (struct seccomp_data), for the jumps that follow.
    void load(std::uint32_t offset);

    /// Keeps only these bits of the loaded value.
    void keep_bits(std::uint32_t mask);

    void jump_if_equal(std::uint32_t value, filter_label yes, filter_label no = filter_label::next);
    void jump_if_greater(std::uint32_t value, filter_label yes, filter_label no = filter_label::next);
    void jump_if_any_bit(std::uint32_t mask, filter_label yes, filter_label no = filter_label::next);

    /// Gives this label to the next instruction.
    void mark(filter_label label);

    /// Ends the filter with one of SECCOMP_RET_*.
    void answer(std::uint32_t action);

    /// Returns the finished program. Throws failure if a jump has no target or its target is too far away.
    std::vector<sock_filter> assemble() const;

  private:
    struct instruction {
        std::uint16_t code;
        std::uint32_t value;
        filter_label yes = filter_label::next;
        filter_label no = filter_label::next;
    };

    std::uint8_t distance(std::size_t from, filter_label to) const;

    std::vector<instruction> instructions_;
    std::map<filter_label, std::size_t> places_;
};

} // namespace code_runner
