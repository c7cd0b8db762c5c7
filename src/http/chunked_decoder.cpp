#include "http/chunked_decoder.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace docker_run::http {
namespace {

constexpr unsigned max_size_digits = 16; // enough for 64 bits

constexpr refusal bad_chunk(std::string_view message) {
    return {400, "request.body.framing", message};
}

constexpr refusal too_large{413, "request.body.size", "Request body is larger than the limit"};
constexpr refusal extensions_too_large{400, "request.body.framing",
                                       "Chunk extensions are larger than 16384 bytes"};
constexpr refusal trailers_too_large{431, "request.body.framing",
                                     "Trailers are larger than 8192 bytes or 100 fields"};

} // namespace

std::size_t chunked_decoder::decode(std::string_view bytes, std::string& out) {
    std::size_t used = 0;
    while (used < bytes.size() && !fault_ && !is_done()) {
        if (state_ != state::data) {
            take(bytes[used]);
            ++used;
            continue;
        }
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, bytes.size() - used));
        out.append(bytes.substr(used, size));
        used += size;
        chunk_left_ -= size;
        if (chunk_left_ == 0)
            state_ = state::data_cr;
    }
    return used;
}

void chunked_decoder::take(char c) {
    switch (state_) {
    case state::size:
        return take_size(c);
    case state::before_extension:
    case state::extension:
        return take_extension(c);
    case state::size_lf:
        return c == '\n' ? end_size_line() : fail(bad_chunk("CR without LF after a chunk size"));
    case state::data_cr:
        return expect(c, '\r', state::data_lf);
    case state::data_lf:
        size_digits_ = 0;
        return expect(c, '\n', state::size);
    case state::trailer:
        return take_trailer(c);
    case state::trailer_lf:
        return c == '\n' ? end_trailer_line() : fail(bad_chunk("CR without LF in the trailers"));
    case state::data:
    case state::done:
        return;
    }
}

void chunked_decoder::expect(char c, char expected, state next) {
    if (c != expected)
        return fail(bad_chunk("Chunk is not followed by CRLF"));
    state_ = next;
}

void chunked_decoder::take_size(char c) {
    if (const int digit = hex_value(c); digit >= 0) {
        if (++size_digits_ > max_size_digits)
            return fail(bad_chunk("Chunk size has more than 16 digits"));
        chunk_left_ = chunk_left_ * 16 + static_cast<unsigned>(digit);
        return;
    }
    if (size_digits_ == 0)
        return fail(bad_chunk("Chunk size is missing"));
    if (c == '\r') {
        state_ = state::size_lf;
        return;
    }
    state_ = state::before_extension;
    take_extension(c);
}

// chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS value ] ): the text after the semicolon is ignored, as the
// RFC requires, and its size is limited.
void chunked_decoder::take_extension(char c) {
    if (++extensions_size_ > max_chunk_extensions_size)
        return fail(extensions_too_large);
    if (state_ == state::extension && c == '\r') {
        state_ = state::size_lf;
        return;
    }
    if (state_ == state::before_extension && !is_blank(c) && c != ';')
        return fail(bad_chunk("Chunk size is not a hexadecimal number"));
    if (!is_field_char(c))
        return fail(bad_chunk("Chunk extension holds a control character"));
    if (c == ';')
        state_ = state::extension;
}

void chunked_decoder::end_size_line() {
    if (chunk_left_ == 0) {
        state_ = state::trailer;
        return;
    }
    if (chunk_left_ > max_size_ - total_)
        return fail(too_large);
    total_ += chunk_left_;
    state_ = state::data;
}

void chunked_decoder::take_trailer(char c) {
    if (c == '\r') {
        state_ = state::trailer_lf;
        return;
    }
    if (++trailers_size_ > max_trailers_size)
        return fail(trailers_too_large);
    trailer_line_.push_back(c);
}

void chunked_decoder::end_trailer_line() {
    if (trailer_line_.empty()) {
        state_ = state::done;
        return;
    }
    if (++trailer_count_ > max_trailer_count)
        return fail(trailers_too_large);
    if (!parse_field_line(trailer_line_))
        return fail(bad_chunk("Trailer is not a name, a colon and a value"));
    trailer_line_.clear();
    state_ = state::trailer;
}

} // namespace docker_run::http
