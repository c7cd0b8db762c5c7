#include "http/head_gate.hpp"

#include "http/request_target.hpp"
#include "http/syntax.hpp"

namespace docker_run::http {
namespace {

constexpr refusal malformed_head(std::string_view message) {
    return {400, "request.head", message};
}

constexpr refusal line_too_long{414, "request.target.size", "Request line is longer than 8192 bytes"};
constexpr refusal fields_too_large{431, "request.head.size", "Header fields are larger than 32768 bytes"};
constexpr refusal too_many_fields{431, "request.head.size", "Request has more than 100 header fields"};
constexpr refusal unknown_version{505, "request.version", "HTTP version is not supported: use HTTP/1.1"};
constexpr refusal unknown_coding{501, "request.transfer_encoding",
                                 "Transfer coding is not supported: use chunked"};

} // namespace

head_verdict head_gate::inspect(std::string_view bytes) {
    while (position_ < bytes.size()) {
        if (const auto fault = take(bytes))
            return *fault;
        if (complete_) {
            body_framing framing;
            if (chunked_)
                framing.type = body_framing::kind::chunked;
            else if (content_length_)
                framing = {body_framing::kind::length, *content_length_};
            return accepted_head{head_start_, position_ - head_start_, minor_version_, framing};
        }
    }
    return incomplete_head{};
}

std::optional<refusal> head_gate::take(std::string_view bytes) {
    const char c = bytes[position_];
    if (const auto fault = check_byte(c))
        return fault;
    if (const auto fault = check_size(c))
        return fault;
    ++position_;
    after_cr_ = c == '\r';
    if (c != '\n')
        return std::nullopt;
    const std::string_view line = bytes.substr(line_start_, position_ - 2 - line_start_);
    line_start_ = position_;
    return end_line(line);
}

// RFC 9112, 2.2: a CR only before LF. An LF without CR is refused; the RFC lets the recipient decide that.
std::optional<refusal> head_gate::check_byte(char c) const {
    if (after_cr_ != (c == '\n')) {
        return malformed_head(after_cr_ ? "CR without LF in the request head"
                                        : "LF without CR in the request head");
    }
    if (c == '\r' || c == '\n')
        return std::nullopt;
    if (!in_fields()) {
        const bool printable = static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
        return printable ? std::nullopt
                         : std::optional(malformed_head("Request line holds a byte that is not allowed"));
    }
    if (!is_field_char(c))
        return malformed_head("Header field holds a control character");
    // RFC 9112, 5.2 for a folded line; 2.2 for white space before the first field.
    if (position_ == line_start_ && is_blank(c))
        return malformed_head("Header line starts with white space");
    return std::nullopt;
}

std::optional<refusal> head_gate::check_size(char c) const {
    if (!in_fields()) {
        const bool is_end = c == '\r' || c == '\n';
        const bool fits = is_end || position_ - line_start_ < max_request_line_size;
        return fits ? std::nullopt : std::optional(line_too_long);
    }
    return position_ - fields_start_ < max_fields_size ? std::nullopt : std::optional(fields_too_large);
}

std::optional<refusal> head_gate::end_line(std::string_view line) {
    if (in_fields())
        return line.empty() ? finish() : check_field(line);
    // RFC 9112, 2.2: an empty line before the request line is ignored. Only one is allowed.
    if (line.empty() && head_start_ == 0) {
        head_start_ = position_;
        return std::nullopt;
    }
    fields_start_ = position_;
    return check_request_line(line);
}

// method SP request-target SP HTTP-version (RFC 9112, 3), with exactly these two spaces.
std::optional<refusal> head_gate::check_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return malformed_head("Request line is not: method, target, HTTP version");
    const std::string_view method = line.substr(0, first);
    if (!is_token(method))
        return malformed_head("Method is not a token");
    if (const auto fault = check_version(line.substr(last + 1)))
        return fault;
    if (!target_path(method, line.substr(first + 1, last - first - 1)))
        return malformed_head("Request target is malformed");
    return std::nullopt;
}

// HTTP-name "/" DIGIT "." DIGIT (RFC 9112, 2.3); another major version is a 505 (RFC 9110, 15.6.6).
std::optional<refusal> head_gate::check_version(std::string_view version) {
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7])) {
        return malformed_head("HTTP version is malformed");
    }
    if (version[5] != '1')
        return unknown_version;
    minor_version_ = static_cast<unsigned>(version[7] - '0');
    return std::nullopt;
}

std::optional<refusal> head_gate::check_field(std::string_view line) {
    if (++field_count_ > max_field_count)
        return too_many_fields;
    const auto field = parse_field_line(line);
    if (!field)
        return malformed_head("Header field is not a name, a colon and a value");
    if (equals_ignoring_case(field->name, "Host"))
        return check_host(field->value);
    if (equals_ignoring_case(field->name, "Content-Length"))
        return check_content_length(field->value);
    if (equals_ignoring_case(field->name, "Transfer-Encoding"))
        return check_transfer_encoding(field->value);
    return std::nullopt;
}

// RFC 9112, 3.2: exactly one valid Host. The RFC allows an empty one for targets without an authority; the
// daemon has no such target.
std::optional<refusal> head_gate::check_host(std::string_view value) {
    if (has_host_)
        return malformed_head("Host is given twice");
    has_host_ = true;
    return is_host(value) ? std::nullopt
                          : std::optional(malformed_head("Host is not a host name with an optional port"));
}

// RFC 9110, 8.6. The RFC allows treating a list of equal values as one value; here every repetition is
// refused.
std::optional<refusal> head_gate::check_content_length(std::string_view value) {
    if (content_length_)
        return malformed_head("Content-Length is given twice");
    content_length_ = parse_decimal(value);
    return content_length_ ? std::nullopt : std::optional(malformed_head("Content-Length is not a number"));
}

// RFC 9112, 6.1 and 6.3: chunked must be the last coding and be applied once, else the length is unknown
// (400). Codings before it are valid but not supported (501).
std::optional<refusal> head_gate::check_transfer_encoding(std::string_view value) {
    if (chunked_)
        return malformed_head("Transfer-Encoding is given twice");
    if (minor_version_ == 0)
        return malformed_head("Transfer-Encoding is not part of HTTP/1.0");
    chunked_ = true;
    if (equals_ignoring_case(value, "chunked"))
        return std::nullopt;
    const std::size_t comma = value.rfind(',');
    if (comma == std::string_view::npos || !equals_ignoring_case(trim(value.substr(comma + 1)), "chunked"))
        return malformed_head("Transfer-Encoding does not end with chunked");
    const std::string_view other = trim(value.substr(0, comma));
    return is_token(other) && !equals_ignoring_case(other, "chunked")
               ? unknown_coding
               : malformed_head("Transfer-Encoding is not a list of codings with chunked once, at its end");
}

std::optional<refusal> head_gate::finish() {
    if (minor_version_ > 0 && !has_host_)
        return malformed_head("Host is missing");
    // RFC 9112, 6.3 lets a server use the chunked length here, but this is how requests are smuggled.
    if (content_length_ && chunked_)
        return malformed_head("Content-Length and Transfer-Encoding together");
    complete_ = true;
    return std::nullopt;
}

} // namespace docker_run::http
