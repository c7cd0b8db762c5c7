#include "cli/selftest_verdict.hpp"

#include "program/program_result.hpp"
#include "run/run_error.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace docker_run {

namespace {

constexpr std::size_t shown_text = 200;

/// The rest of the line that contains the word, starting at the word. Empty if no line does.
std::string line_with(std::string_view word, const std::string& text) {
    const auto begin = text.find(word);
    if (begin == std::string::npos)
        return {};
    return text.substr(begin, std::min(text.find('\n', begin) - begin, shown_text));
}

} // namespace

finding finding::of(const std::optional<run_outcome>& outcome) {
    if (!outcome)
        return {"abandoned", {}};
    if (const auto* failure = std::get_if<run_failure>(&outcome->result))
        return {std::string(describe(failure->error).code), failure->message};
    auto result = parse_program_result(std::get<std::string>(outcome->result));
    return result ? finding{std::move(result->status), std::move(result->standard_output)}
                  : finding{"no object", {}};
}

selftest_verdict ended_otherwise(const finding& result) {
    return {false,
            "it ended otherwise: " + result.text.substr(0, std::min(result.text.find('\n'), shown_text))};
}

selftest_verdict assess(const probe& program, const finding& result) {
    if (auto breach = line_with(probe::breach, result.text); !breach.empty())
        return {false, std::move(breach)};
    const auto end = program.ends.find(result.end);
    if (end == program.ends.end())
        return ended_otherwise(result);
    return {true, end->second + line_with(probe::remark, result.text)};
}

} // namespace docker_run
