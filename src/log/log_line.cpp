#include "log/log_line.hpp"

#include "json/quote.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace docker_run {

namespace {

constexpr int decimals = 3;

// Bytes that need no escape, neither in a JSON string nor between quotes in logfmt.
bool is_plain(char byte) {
    return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
}

bool is_short_and_plain(std::string_view text) {
    return text.size() <= max_quoted_bytes && std::all_of(text.begin(), text.end(), is_plain);
}

struct value_writer {
    std::string& line;
    log_format format;

    void operator()(std::string_view text) const {
        const bool plain = is_short_and_plain(text);
        if (!plain)
            line += quote(text);
        else if (format == log_format::logfmt && !text.empty() &&
                 text.find_first_of(" =") == std::string_view::npos)
            line += text;
        else
            line.append(1, '"').append(text).append(1, '"');
    }

    void operator()(std::int64_t number) const { line += std::to_string(number); }
    void operator()(std::uint64_t number) const { line += std::to_string(number); }
    void operator()(bool truth) const { line += truth ? "true" : "false"; }

    void operator()(double number) const {
        if (!std::isfinite(number)) {
            line += "null"; // JSON cannot represent infinity or NaN
            return;
        }
        std::array<char, 384> buffer{}; // the largest double has 309 digits before the point
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                       std::chars_format::fixed, decimals)
                             .ptr;
        line.append(buffer.data(), end);
    }
};

void append_field(std::string& line, log_format format, const log_field& field) {
    if (format == log_format::json)
        line.append(line.empty() ? "\"" : ",\"").append(field.name).append("\":");
    else
        line.append(line.empty() ? "" : " ").append(field.name).append("=");
    field.value.append_to(line, format);
}

} // namespace

bool log_value::is_empty_text() const {
    const auto* text = std::get_if<std::string_view>(&value_);
    return text && text->empty();
}

void log_value::append_to(std::string& line, log_format format) const {
    std::visit(value_writer{line, format}, value_);
}

std::string format_event(log_format format, std::string_view event, std::span<const log_field> fields) {
    std::string line;
    append_field(line, format, {"event", event});
    for (const auto& field : fields)
        if (!field.value.is_empty_text())
            append_field(line, format, field);
    return line;
}

} // namespace docker_run
