// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a header
#define SYSTEM_CALL_NUMBERS <asm/unistd.h>
#include "refused_system_calls.hpp"

namespace code_runner {

std::span<const system_call_rule> native_system_call_rules() {
    return refused_system_calls;
}

} // namespace code_runner
