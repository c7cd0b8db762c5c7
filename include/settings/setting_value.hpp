#pragma once

#include "json/number_text.hpp"
#include "settings/setting.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run {

// Conversions between the text of a variable and a member of the draft. For each type: its name, and how to
// read a value (strictly: no white space, no unnecessary sign, nothing after the value), to show it, and to
// describe the rule.

/// The name, reading, showing and rule of one type of value. Each type has a specialisation.
template <typename T>
struct setting_value;

/// Reads a whole number within the range. Returns false for anything else, including an overflow.
bool read_integer(std::string_view text, value_range range, std::int64_t& value);
/// Reads a decimal number like 1.5 within the range.
bool read_number(std::string_view text, value_range range, double& value);
/// Reads true/false/1/0/yes/no/on/off.
bool read_boolean(std::string_view text, bool& value);
/// Whether the text obeys the row's rule for texts.
bool is_allowed_text(std::string_view text, const text_rule& rule);
/// Splits a text at its spaces.
std::vector<std::string> split_words(std::string_view text);
/// "an integer from 1 to 65535".
std::string range_rule(std::string_view what, value_range range);
/// Reads FIRST-LAST, or "off" for no range.
bool read_uid_range(std::string_view text, uid_range& value);

template <typename T>
    requires(std::integral<T> && !std::same_as<T, bool>)
struct setting_value<T> {
    static constexpr std::string_view type = "integer";
    static bool read(std::string_view text, const setting& row, T& value) {
        std::int64_t wide = 0;
        if (!read_integer(text, row.range, wide) || !std::in_range<T>(wide))
            return false;
        value = static_cast<T>(wide);
        return true;
    }
    static std::string show(T value) { return std::to_string(value); }
    static std::string rule(const setting& row) { return range_rule("an integer", row.range); }
};

template <>
struct setting_value<std::chrono::seconds> {
    using count = std::chrono::seconds::rep;
    static constexpr std::string_view type = setting_value<count>::type;
    static bool read(std::string_view text, const setting& row, std::chrono::seconds& value) {
        count seconds = 0;
        const bool valid = setting_value<count>::read(text, row, seconds);
        value = std::chrono::seconds(seconds);
        return valid;
    }
    static std::string show(std::chrono::seconds value) { return std::to_string(value.count()); }
    static std::string rule(const setting& row) { return setting_value<count>::rule(row); }
};

template <>
struct setting_value<double> {
    static constexpr std::string_view type = "number";
    static bool read(std::string_view text, const setting& row, double& value) {
        return read_number(text, row.range, value);
    }
    static std::string show(double value) { return show_number(value); }
    static std::string rule(const setting& row) { return range_rule("a number", row.range); }
};

template <>
struct setting_value<bool> {
    static constexpr std::string_view type = "boolean";
    static bool read(std::string_view text, const setting&, bool& value) { return read_boolean(text, value); }
    static std::string show(bool value) { return value ? "true" : "false"; }
    static std::string rule(const setting&) { return "true, false, 1, 0, yes, no, on or off"; }
};

template <>
struct setting_value<std::string> {
    static constexpr std::string_view type = "text";
    static bool read(std::string_view text, const setting& row, std::string& value) {
        value = text;
        return is_allowed_text(text, row.text);
    }
    static std::string show(const std::string& value) { return value; }
    static std::string rule(const setting& row) { return std::string(row.text.words); }
};

template <>
struct setting_value<uid_range> {
    static constexpr std::string_view type = "text";
    static bool read(std::string_view text, const setting&, uid_range& value) {
        return read_uid_range(text, value);
    }
    static std::string show(const uid_range&) { return {}; }
    static std::string rule(const setting&) {
        return "FIRST-LAST, two numbers from 1 to 2147483647 of which the second is not the less, or off";
    }
};

template <>
struct setting_value<std::vector<std::string>> {
    static constexpr std::string_view type = "list";
    static bool read(std::string_view text, const setting& row, std::vector<std::string>& value) {
        value = split_words(text);
        for (const auto& word : value)
            if (!is_allowed_text(word, row.text))
                return false;
        return true;
    }
    static std::string show(const std::vector<std::string>&) { return {}; }
    static std::string rule(const setting& row) {
        return "a list, separated by spaces, each item " + std::string(row.text.words);
    }
};

template <typename T>
struct setting_value<std::optional<T>> {
    static constexpr std::string_view type = setting_value<T>::type;
    static bool read(std::string_view text, const setting& row, std::optional<T>& value) {
        return setting_value<T>::read(text, row, value.emplace());
    }
    static std::string show(const std::optional<T>&) { return {}; }
    static std::string rule(const setting& row) { return setting_value<T>::rule(row); }
};

/// The names of an enumeration's values.
template <typename T>
inline constexpr auto choices = nullptr;
template <>
inline constexpr auto choices<log_level> =
    std::to_array<std::pair<std::string_view, log_level>>({{"debug", log_level::debug},
                                                           {"info", log_level::info},
                                                           {"warning", log_level::warning},
                                                           {"error", log_level::error}});
template <>
inline constexpr auto choices<log_format> = std::to_array<std::pair<std::string_view, log_format>>(
    {{"logfmt", log_format::logfmt}, {"json", log_format::json}});

template <>
inline constexpr auto choices<seccomp_source> =
    std::to_array<std::pair<std::string_view, seccomp_source>>({{"docker-run", seccomp_source::docker_run},
                                                                {"engine", seccomp_source::engine},
                                                                {"unenforced", seccomp_source::unenforced}});

template <typename T>
    requires std::is_enum_v<T>
struct setting_value<T> {
    static constexpr std::string_view type = "choice";
    static bool read(std::string_view text, const setting&, T& value) {
        for (const auto& [name, choice] : choices<T>) {
            if (name != text)
                continue;
            value = choice;
            return true;
        }
        return false;
    }
    static std::string show(T value) {
        for (const auto& [name, choice] : choices<T>)
            if (choice == value)
                return std::string(name);
        return {};
    }
    static std::string rule(const setting&) {
        std::string text;
        for (const auto& [name, choice] : choices<T>)
            text.append(text.empty() ? "one of " : ", ").append(name);
        return text;
    }
};

/// The member of the draft at the end of a path of member pointers, e.g.
/// `into<&settings_draft::server, &http::server_settings::listen_port>()`.
template <auto... Path>
constexpr setting_target into() {
    using value = setting_value<std::remove_cvref_t<decltype((std::declval<settings_draft&>().*....*Path))>>;
    return {
        .type = value::type,
        .read = [](settings_draft& draft, const setting& row,
                   std::string_view text) { return value::read(text, row, (draft.*....*Path)); },
        .show = [](const settings_draft& draft) { return value::show((draft.*....*Path)); },
        .rule = [](const setting& row) { return value::rule(row); },
    };
}

} // namespace docker_run
