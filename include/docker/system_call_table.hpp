#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace docker_run::docker {

/// The answer to a system call.
enum class call_answer : std::uint8_t {
    allow,
    refuse,   ///< EPERM, which is also the answer to calls that the complete list does not name
    missing,  ///< ENOSYS: the C libraries then use another call
    no_family ///< EAFNOSUPPORT
};

/// A comparison of all 64 bits of one argument.
struct argument_check {
    enum class comparison : std::uint8_t { none, equal, below, above, masked };
    comparison how = comparison::none;
    unsigned index = 0;
    std::uint64_t value = 0; ///< for `masked`: the mask
    std::uint64_t masked_value = 0;
};

/// The profiles that contain a rule.
enum class rule_scope : std::uint8_t { always, inet, no_inet, code_runner, no_code_runner };

/// One line of the table. It applies if all checks are true. Its members are in the order in which a line is
/// read.
struct call_rule { // NOLINT(clang-analyzer-optin.performance.Padding)
    call_answer answer;
    std::string_view calls;  ///< names, separated by spaces; an engine ignores those that it does not know
    std::string_view reason; ///< for readers of the table
    std::array<argument_check, 3> checks = {};
    rule_scope scope = rule_scope::always;
};

/// Every call of Linux 6.18 on x86-64, i386 and ARM, by name.
std::span<const call_rule> rules_by_name();

/// Rules that check an argument, and rules for the few calls whose answer is not EPERM. The complete list
/// consists of the rules that allow, the brief list of those that refuse.
std::span<const call_rule> rules_by_argument();

} // namespace docker_run::docker
