#include "answer.hpp"

#include <algorithm>
#include <string_view>

namespace code_runner {
namespace {

std::string_view name_of(program_status value) {
    switch (value) {
    case program_status::ok:
        return "ok";
    case program_status::exit:
        return "exit";
    case program_status::signal:
        return "signal";
    case program_status::time:
        return "time";
    case program_status::idle:
        return "idle";
    case program_status::memory:
        return "memory";
    case program_status::processes:
        return "processes";
    case program_status::disk:
        return "disk";
    case program_status::output:
        return "output";
    case program_status::build:
        return "build";
    }
    return "";
}

std::string or_null(const std::optional<int>& value) {
    return value ? std::to_string(*value) : "null";
}

std::string_view boolean(bool value) {
    return value ? "true" : "false";
}

/// Error sentences are short: they come from the runner or the C library.
std::string encode_error(const std::string& error) {
    constexpr std::size_t longest = 128;
    output_text text{longest};
    text.append(error);
    text.finish();
    return text.encoded();
}

/// Everything after the outputs, without the braces.
std::string encode_members(const stage_verdict& verdict, bool out_truncated, bool errors_truncated) {
    std::string members = R"("error":")";
    members += encode_error(verdict.error);
    members += R"(","duration":)" + std::to_string(verdict.duration.count());
    members += R"(,"exitCode":)" + or_null(verdict.exit_code);
    members += R"(,"signal":)" + or_null(verdict.signal);
    members += R"(,"stage":")";
    members += name_of(verdict.stage);
    members += R"(","status":")";
    members += name_of(verdict.status);
    members += R"(","truncated":{"stdout":)";
    members += boolean(out_truncated);
    members += R"(,"stderr":)";
    members += boolean(errors_truncated);
    members += R"(},"cpuTime":)" + std::to_string(verdict.cpu_time.count());
    members += R"(,"maxMemory":)" + std::to_string(verdict.maximum_memory);
    return members;
}

} // namespace

std::string_view name_of(program_stage stage) {
    return stage == program_stage::build ? "build" : "run";
}

std::string encode_answer(const stage_verdict& verdict, const output_text& out, const output_text& errors,
                          std::size_t limit) {
    constexpr std::string_view head = R"({"stdout":")";
    constexpr std::string_view middle = R"(","stderr":")";
    constexpr std::string_view before_members = R"(",)";
    constexpr std::string_view end = "}\n";

    // "false" is longer than "true", so outputs that fit with it fit in both cases.
    const std::size_t fixed = head.size() + middle.size() + before_members.size() +
                              encode_members(verdict, false, false).size() + end.size();
    const std::size_t room = limit - std::min(fixed, limit);
    const std::size_t half = room / 2;
    const std::size_t out_room = room - std::min(errors.size(), half);
    const std::string_view out_text = encoded_head(out.encoded(), out_room);
    const std::string_view errors_text = encoded_head(errors.encoded(), room - out_text.size());

    std::string result;
    result.reserve(fixed + out_text.size() + errors_text.size());
    result += head;
    result += out_text;
    result += middle;
    result += errors_text;
    result += before_members;
    result += encode_members(verdict, out.truncated() || out_text.size() < out.size(),
                             errors.truncated() || errors_text.size() < errors.size());
    result += end;
    return result;
}

std::string encode_live_answer(const stage_verdict& verdict, const output_text& out,
                               const output_text& errors) {
    return "{" + encode_members(verdict, out.truncated(), errors.truncated()) + "}";
}

} // namespace code_runner
