#include "runner_settings.hpp"

#include "../protocol.hpp"
#include "failure.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace code_runner {
namespace {

std::uint64_t take_number(const char* name, std::uint64_t least, std::uint64_t most, std::uint64_t absent) {
    const char* value = std::getenv(name);
    if (value == nullptr)
        return absent;

    const std::string_view text{value};
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most)
        throw failure{std::string{name} + " is not a number from " + std::to_string(least) + " to " +
                      std::to_string(most)};

    ::unsetenv(name);
    return number;
}

bool take_word(const char* name, std::string_view word) {
    const char* value = std::getenv(name);
    if (value == nullptr)
        return false;
    if (value != word)
        throw failure{std::string{name} + " is not \"" + std::string{word} + '"'};
    ::unsetenv(name);
    return true;
}

} // namespace

runner_settings take_settings(int argument_count, char** arguments) {
    runner_settings result;
    for (int index = 1; index < argument_count; index += 2) {
        const std::string_view option{arguments[index]};
        const bool has_value = index + 1 < argument_count;
        if (option == protocol::path_option && has_value)
            result.work_path = arguments[index + 1];
        else if (option == "--recipe" && has_value)
            result.recipe_path = arguments[index + 1];
        else
            throw failure{"Usage: code_runner [--path DIR] [--recipe FILE] < REQUEST"};
    }

    const auto milliseconds =
        take_number(protocol::time_limit, protocol::least_time_limit, protocol::greatest_time_limit,
                    static_cast<std::uint64_t>(result.time_limit.count()));
    result.time_limit = std::chrono::milliseconds{milliseconds};
    result.output_limit = take_number(protocol::output_limit, protocol::least_output_limit,
                                      protocol::greatest_output_limit, result.output_limit);
    result.prestart = take_number(protocol::prestart, 0, 1, 0) == 1;
    result.runs_unfiltered = take_word(protocol::seccomp, protocol::seccomp_unenforced);
    return result;
}

} // namespace code_runner
