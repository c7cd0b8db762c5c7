#include "program/program_result.hpp"

#include <nlohmann/json.hpp>

namespace docker_run {
namespace {

using nlohmann::json;

std::optional<int> number_or_null(const json& answer, const char* name) {
    const auto member = answer.find(name);
    if (member == answer.end() || member->is_null())
        return std::nullopt;
    return member->get<int>();
}

program_result read(const json& answer) {
    program_result result;
    result.standard_output = answer.value("stdout", result.standard_output);
    result.standard_error = answer.value("stderr", result.standard_error);
    result.error = answer.value("error", result.error);
    result.stage = answer.value("stage", result.stage);
    result.status = answer.value("status", result.status);
    result.exit_code = number_or_null(answer, "exitCode");
    result.signal = number_or_null(answer, "signal");
    result.duration = std::chrono::nanoseconds(answer.value("duration", std::int64_t{0}));
    result.cpu_time = std::chrono::nanoseconds(answer.value("cpuTime", std::int64_t{0}));
    result.max_memory = answer.value("maxMemory", result.max_memory);
    const auto truncated = answer.value("truncated", json::object());
    result.output_truncated = truncated.value("stdout", false);
    result.error_truncated = truncated.value("stderr", false);
    return result;
}

} // namespace

std::optional<program_result> parse_program_result(std::string_view answer) {
    const auto parsed = json::parse(answer, nullptr, false);
    if (!parsed.is_object())
        return std::nullopt;
    try {
        return read(parsed);
    } catch (const json::type_error&) {
        return std::nullopt;
    }
}

} // namespace docker_run
