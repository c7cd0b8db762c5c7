#include "settings/setting_value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace docker_run {

namespace {

bool within(double value, value_range range) {
    return value >= range.minimum && value <= range.maximum;
}

// Reads all of `text`, which may contain only the characters of `allowed`. from_chars alone would accept
// "inf" and "1e3".
template <typename T>
bool read_digits(std::string_view text, std::string_view allowed, T& value) {
    if (text.find_first_not_of(allowed) != std::string_view::npos)
        return false;
    const auto* end = std::to_address(text.end());
    const auto parsed = std::from_chars(std::to_address(text.begin()), end, value);
    return parsed.ec == std::errc{} && parsed.ptr == end;
}

} // namespace

bool read_integer(std::string_view text, value_range range, std::int64_t& value) {
    return read_digits(text, "-0123456789", value) && within(static_cast<double>(value), range);
}

bool read_number(std::string_view text, value_range range, double& value) {
    return read_digits(text, "-.0123456789", value) && within(value, range);
}

bool read_boolean(std::string_view text, bool& value) {
    value = text == "true" || text == "1" || text == "yes" || text == "on";
    return value || text == "false" || text == "0" || text == "no" || text == "off";
}

bool read_uid_range(std::string_view text, uid_range& value) {
    value = {};
    if (text == "off")
        return true;
    const auto dash = std::min(text.find('-'), text.size());
    constexpr value_range uids{1, std::numeric_limits<std::int32_t>::max()};
    std::int64_t first = 0;
    std::int64_t last = 0;
    if (!read_integer(text.substr(0, dash), uids, first) ||
        !read_integer(text.substr(std::min(dash + 1, text.size())), uids, last) || last < first)
        return false;
    value = {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)};
    return true;
}

bool is_allowed_text(std::string_view text, const text_rule& rule) {
    // A byte beyond ASCII belongs to a UTF-8 sequence, which a path may contain.
    const bool one_word = std::none_of(text.begin(), text.end(),
                                       [](unsigned char byte) { return byte <= ' ' || byte == '\x7f'; });
    return one_word && (rule.holds == nullptr || rule.holds(text));
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty())
            return words;
        const auto end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

std::string range_rule(std::string_view kind, value_range range) {
    const auto begin = std::string(kind) + (std::isinf(range.maximum) ? " of at least " : " from ");
    if (std::isinf(range.maximum))
        return begin + show_number(range.minimum);
    return begin + show_number(range.minimum) + " to " + show_number(range.maximum);
}

} // namespace docker_run
