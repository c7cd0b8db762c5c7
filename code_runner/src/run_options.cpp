#include "run_options.hpp"

#include "../protocol.hpp"
#include "failure.hpp"

// Streams would add the C++ locale code to a program that should be small.
#define JSON_NO_IO 1
#include <nlohmann/json.hpp>

#include <cstdint>
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

void apply(run_options& result, const std::string& name, const json& value) {
    const auto to_time = [&] {
        return std::chrono::milliseconds{to_number(value, name, protocol::greatest_time_limit)};
    };
    if (name == protocol::option::wall_time)
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
    for (auto member = document.begin(); member != document.end(); ++member)
        apply(result, member.key(), member.value());
    return result;
}

} // namespace code_runner
