#include "settings/settings.hpp"
#include "settings/settings_table.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace docker_run {

namespace {

constexpr std::size_t line_width = 100;

// What stands for a variable that is not set: the fallback, or what the struct says.
std::string default_of(const setting& row) {
    static const settings_draft defaults;
    return row.fallback.empty() ? row.target.show(defaults) : std::string(row.fallback);
}

std::string default_for_people(const setting& row) {
    if (row.required)
        return "required";
    const auto value = default_of(row);
    return value.empty() ? "unset" : value;
}

// Breaks a text at its spaces, each line behind `indent`.
std::string wrapped(std::string_view text, std::string_view indent) {
    std::string lines;
    while (!text.empty()) {
        auto end = text.size();
        if (indent.size() + end > line_width)
            end = std::min(text.rfind(' ', line_width - indent.size()), end);
        lines.append(indent).append(text.substr(0, end)).append("\n");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string sentence_about(const setting& row) {
    const auto unit = row.unit.empty() ? "" : fmt::format(" ({})", row.unit);
    const auto fallback = row.required ? "Required." : fmt::format("Default: {}.", default_for_people(row));
    return fmt::format("{}. Value: {}{}. {}", row.meaning, row.target.rule(row), unit, fallback);
}

} // namespace

std::string settings_as_markdown() {
    std::string text = "| Variable | Type | Unit | Value | Default | Meaning |\n|---|---|---|---|---|---|\n";
    for (const auto& row : settings_table())
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", row.name, row.target.type, row.unit,
                            row.target.rule(row), default_for_people(row), row.meaning);
    return text;
}

std::string settings_as_env_file() {
    std::string text =
        "# The settings of docker-run: one NAME=VALUE a line, never quoted, never sourced by a shell.\n"
        "# A line that starts with '#' is a comment; what is commented out shows the default.\n";
    for (const auto& row : settings_table()) {
        text += "\n" + wrapped(sentence_about(row), "# ");
        if (row.shipped.empty())
            text += fmt::format("#{}={}\n", row.name, row.fallback.empty() ? default_of(row) : "");
        else
            text += fmt::format("{}={}\n", row.name, row.shipped);
    }
    return text;
}

std::vector<setting_text> describe_settings() {
    std::vector<setting_text> texts;
    for (const auto& row : settings_table())
        texts.push_back({std::string(row.name), sentence_about(row)});
    return texts;
}

std::string settings_as_help() {
    std::string text = "Settings, as environment variables:\n";
    for (const auto& row : settings_table())
        text += fmt::format("  {}\n{}", row.name, wrapped(sentence_about(row), "      "));
    return text;
}

} // namespace docker_run
