#ifdef __x86_64__

// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a header
#define SYSTEM_CALL_NUMBERS <asm/unistd_32.h>
#include "refused_system_calls.hpp"

namespace code_runner {

std::span<const system_call_rule> i386_system_call_rules() {
    return refused_system_calls;
}

} // namespace code_runner

#else

#include "system_call_rules.hpp"

namespace code_runner {

std::span<const system_call_rule> i386_system_call_rules() {
    return {};
}

} // namespace code_runner

#endif
