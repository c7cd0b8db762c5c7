#include "json/json_scanner.hpp"

#include <algorithm>
#include <array>

namespace docker_run {

namespace {

constexpr auto structural = [] {
    std::array<bool, 256> table{};
    for (const char byte : std::string_view("\"{}[]"))
        table[static_cast<unsigned char>(byte)] = true;
    return table;
}();

// The number of bytes in front of the next one that a scanner outside of strings has to look at.
std::size_t count_plain(std::string_view bytes) noexcept {
    const auto next = std::find_if(bytes.begin(), bytes.end(),
                                   [](char byte) { return structural[static_cast<unsigned char>(byte)]; });
    return static_cast<std::size_t>(next - bytes.begin());
}

// Whether the quote behind `before` is escaped: an odd number of backslashes stands in front of it. Each
// backslash belongs to one run, so that all calls together stay linear.
bool ends_in_escape(std::string_view before) noexcept {
    const auto last_other = before.find_last_not_of('\\');
    const auto backslashes =
        last_other == std::string_view::npos ? before.size() : before.size() - last_other - 1;
    return backslashes % 2 == 1;
}

// The number of bytes from inside a string to its end, the closing quote counted, and whether that was found.
// `escaped` says whether the first byte is escaped, and then whether the first byte of the next piece is.
struct string_part {
    std::size_t size;
    bool closed;
};

string_part skip_string(std::string_view bytes, bool& escaped) noexcept {
    std::size_t from = escaped && !bytes.empty() ? 1 : 0;
    if (!bytes.empty())
        escaped = false;
    for (;;) {
        const auto quote =
            bytes.find('"', from); // memchr: the content of strings is most of what a program prints
        const auto content = bytes.substr(from, quote == std::string_view::npos ? quote : quote - from);
        const bool in_escape = ends_in_escape(content);
        if (quote == std::string_view::npos) {
            escaped = escaped || in_escape;
            return {bytes.size(), false};
        }
        if (!in_escape)
            return {quote + 1, true};
        from = quote + 1;
    }
}

} // namespace

std::size_t object_scanner::feed(std::string_view bytes) noexcept {
    const auto skipped = skip_white_space(bytes);
    const auto taken = scan_object(bytes.substr(skipped));
    size_ += taken;
    return skipped + taken;
}

std::size_t object_scanner::skip_white_space(std::string_view bytes) noexcept {
    if (state_ != state::before)
        return 0;
    const auto first = bytes.find_first_not_of(json_white_space);
    if (first == std::string_view::npos)
        return bytes.size();
    state_ = bytes[first] == '{' ? state::inside : state::not_an_object;
    return first;
}

std::size_t object_scanner::scan_object(std::string_view bytes) noexcept {
    std::size_t at = 0;
    while (state_ == state::inside && at < bytes.size()) {
        if (in_string_) {
            const auto part = skip_string(bytes.substr(at), escaped_);
            in_string_ = !part.closed;
            at += part.size;
            continue;
        }
        at += count_plain(bytes.substr(at));
        if (at == bytes.size())
            return at;
        switch (bytes[at]) {
        case '"':
            in_string_ = true;
            break;
        case '{':
        case '[':
            if (!open_bracket())
                return at;
            break;
        default:
            close_bracket();
            break;
        }
        ++at;
    }
    return at;
}

bool object_scanner::open_bracket() noexcept {
    if (depth_ == max_json_depth) {
        state_ = state::too_deep;
        return false;
    }
    ++depth_;
    return true;
}

void object_scanner::close_bracket() noexcept {
    if (--depth_ == 0)
        state_ = state::complete;
}

} // namespace docker_run
