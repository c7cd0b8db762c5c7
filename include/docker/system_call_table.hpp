#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace docker_run::docker {

/// What becomes of a call.
enum class call_answer : std::uint8_t {
    allow,
    refuse,   ///< EPERM, which the list of allowed calls answers to what it does not name, too
    missing,  ///< ENOSYS: the C libraries then use another call
    no_family ///< EAFNOSUPPORT
};

/// A comparison of one argument, on all its 64 bits.
struct argument_check {
    enum class comparison : std::uint8_t { none, equal, below, above, masked };
    comparison how = comparison::none;
    unsigned index = 0;
    std::uint64_t value = 0; ///< the mask where it is `masked`
    std::uint64_t masked_value = 0;
};

/// In which profiles a rule is.
enum class rule_scope : std::uint8_t { always, inet, no_inet, code_runner, no_code_runner };

/// One line of the table. All checks must be true for it. Its members stand in the order in which a line is
/// read.
struct call_rule { // NOLINT(clang-analyzer-optin.performance.Padding)
    call_answer answer;
    std::string_view calls;  ///< names, separated by spaces; an engine leaves out those that it does not know
    std::string_view reason; ///< for who reads the table
    std::array<argument_check, 3> checks = {};
    rule_scope scope = rule_scope::always;
};

/// Every call of Linux 6.18 on x86-64, i386 and ARM, by name.
std::span<const call_rule> rules_by_name();

/// Where an argument decides, and the few calls whose answer is not EPERM. The list of allowed calls is made
/// of the rules that allow, the brief one of those that refuse.
std::span<const call_rule> rules_by_argument();

} // namespace docker_run::docker
