#include "output_text.hpp"

#include "utf8.hpp"

#include <algorithm>

namespace code_runner {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool is_plain(unsigned char byte) {
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

std::string escape(unsigned char byte) {
    switch (byte) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        constexpr std::string_view digits = "0123456789abcdef";
        return std::string{"\\u00"} + digits[byte >> 4] + digits[byte & 0x0F];
    }
}

std::size_t unit_size(std::string_view encoded, std::size_t position) {
    if (encoded[position] == '\\')
        return encoded[position + 1] == 'u' ? 6 : 2;
    std::size_t size = 1;
    while (position + size < encoded.size() && is_continuation(encoded[position + size]))
        ++size;
    return size;
}

} // namespace

std::size_t output_text::append(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !truncated_) {
        const std::string_view rest = bytes.substr(taken);
        const auto end = std::ranges::find_if_not(
            rest, [](char byte) { return is_plain(static_cast<unsigned char>(byte)); });
        const auto plain = static_cast<std::size_t>(end - rest.begin());
        if (missing_ == 0 && plain > 0) {
            taken += append_plain(rest.substr(0, plain));
            continue;
        }
        take(static_cast<unsigned char>(rest.front()));
        taken += truncated_ ? 0 : 1;
    }
    return taken;
}

std::size_t output_text::append_plain(std::string_view bytes) {
    const std::string_view fitting = bytes.substr(0, limit_ - size_);
    truncated_ = fitting.size() < bytes.size();
    keep(fitting);
    return fitting.size();
}

void output_text::take(unsigned char byte) {
    if (missing_ > 0 && (byte < lowest_ || byte > highest_)) {
        missing_ = 0;
        emit(replacement);
    }
    if (missing_ == 0) {
        start_sequence(byte);
        return;
    }

    sequence_.push_back(static_cast<char>(byte));
    lowest_ = 0x80;
    highest_ = 0xBF;
    if (--missing_ == 0)
        emit(sequence_);
}

/// Table 3-7 of the Unicode standard: the second bytes that may follow each first byte.
void output_text::start_sequence(unsigned char byte) {
    if (byte < 0x80) {
        emit(is_plain(byte) ? std::string(1, static_cast<char>(byte)) : escape(byte));
        return;
    }
    if (byte < 0xC2 || byte > 0xF4) {
        emit(replacement);
        return;
    }

    sequence_.assign(1, static_cast<char>(byte));
    missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    lowest_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    highest_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
}

void output_text::emit(std::string_view unit) {
    if (truncated_ || size_ + unit.size() > limit_)
        truncated_ = true;
    else
        keep(unit);
}

void output_text::keep(std::string_view text) {
    size_ += text.size();
    if (storage_ == storage::kept)
        encoded_.append(text);
}

void output_text::finish() {
    if (missing_ > 0)
        emit(replacement);
    missing_ = 0;
}

std::string_view encoded_head(std::string_view encoded, std::size_t size) {
    if (encoded.size() <= size)
        return encoded;
    std::size_t end = 0;
    while (true) {
        const std::size_t next = end + unit_size(encoded, end);
        if (next > size)
            return encoded.substr(0, end);
        end = next;
    }
}

} // namespace code_runner
