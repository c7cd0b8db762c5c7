#include "run_options.hpp"

#include "../protocol.hpp"
#include "failure.hpp"

// Streams would add the C++ locale code to a program that should be small.
#define JSON_NO_IO 1
#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace code_runner {
namespace {

using nlohmann::json;

failure bad_options(const std::string& what) {
    return failure{"Failed to read the request, " + what};
}

std::uint64_t to_number(const json& value, const std::string& name, std::uint64_t most) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > most)
        throw bad_options("the option `" + name + "` is not a number from 1 to " + std::to_string(most));
    return value.get<std::uint64_t>();
}

bool to_boolean(const json& value, const std::string& name) {
    if (!value.is_boolean())
        throw bad_options("the option `" + name + "` is not a boolean");
    return value.get<bool>();
}

/// `window` has 0 for what is absent.
void apply(run_options& result, window_size& window, const std::string& name, const json& value) {
    namespace option = protocol::option;
    const auto to_time = [&] {
        return std::chrono::milliseconds{to_number(value, name, protocol::greatest_time_limit)};
    };
    const auto to_size = [&] {
        return static_cast<std::uint16_t>(to_number(value, name, std::numeric_limits<std::uint16_t>::max()));
    };
    if (name == option::interactive)
        result.interactive = to_boolean(value, name);
    else if (name == option::rows)
        window.rows = to_size();
    else if (name == option::columns)
        window.columns = to_size();
    else if (name == option::processor_time)
        result.limits.processor_time = to_time();
    else if (name == option::idle_time)
        result.limits.idle_time = to_time();
    else if (name == option::wall_time)
        result.wall_time = to_time();
    else
        throw bad_options("the option `" + name + "` is unknown");
}

} // namespace

run_options parse_options(std::string_view text) {
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object())
        throw bad_options("its options are not a JSON object");
    run_options result;
    window_size window;
    for (auto member = document.begin(); member != document.end(); ++member)
        apply(result, window, member.key(), member.value());

    const bool has_window = window.rows != 0 && window.columns != 0;
    if (!has_window && (window.rows != 0 || window.columns != 0))
        throw bad_options("a terminal needs both `rows` and `columns`");
    if (has_window && !result.interactive)
        throw bad_options("a run with a terminal has to be interactive");
    if (has_window)
        result.window = window;
    return result;
}

} // namespace code_runner
