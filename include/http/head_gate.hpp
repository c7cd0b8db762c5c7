#pragma once

#include "http/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace docker_run::http {

/// Longest request line, without its CRLF. RFC 9112, 3 recommends to accept at least 8000.
inline constexpr std::size_t max_request_line_size = 8192;
/// Size of all field lines together, with the empty line that ends them.
inline constexpr std::size_t max_fields_size = 32768;
inline constexpr unsigned max_field_count = 100;
/// The largest request head: an ignored empty line, the request line, the header fields.
inline constexpr std::size_t max_head_size = 2 + max_request_line_size + 2 + max_fields_size;

/// How the body of a request is delimited (RFC 9112, 6.3).
struct body_framing {
    enum class kind { none, length, chunked };
    kind type = kind::none;
    std::uint64_t length = 0; ///< bytes; 0 unless the type is length
    friend bool operator==(const body_framing&, const body_framing&) = default;
};

struct incomplete_head {};

struct accepted_head {
    std::size_t offset; ///< where the request line starts: after the empty line that a client may send first
    std::size_t size;   ///< from there through the empty line
    unsigned minor_version; ///< of HTTP/1.x; a version above 1 is served as 1 (RFC 9110, 2.5)
    body_framing framing;
};

using head_verdict = std::variant<incomplete_head, accepted_head, refusal>;

/// The strict check of one request head. It runs before Beast's parser, which accepts more than RFC 9112
/// allows: several framings at once, bare line feeds, folded lines, unknown transfer codings. Every head that
/// two servers in a chain could read differently is refused as early as possible. A pure state machine over
/// the bytes: it never allocates, and the verdict does not depend on how the bytes were split. One gate
/// checks one head.
class head_gate {
  public:
    /// Checks `bytes`, which begin with the first byte of the head. Each call passes the bytes of the
    /// previous call and the new ones after them. Once the verdict is not incomplete_head, it is final.
    head_verdict inspect(std::string_view bytes);

  private:
    std::optional<refusal> take(std::string_view bytes);
    std::optional<refusal> check_byte(char c) const;
    std::optional<refusal> check_size(char c) const;
    std::optional<refusal> end_line(std::string_view line);
    std::optional<refusal> check_request_line(std::string_view line);
    std::optional<refusal> check_version(std::string_view version);
    std::optional<refusal> check_field(std::string_view line);
    std::optional<refusal> check_host(std::string_view value);
    std::optional<refusal> check_content_length(std::string_view value);
    std::optional<refusal> check_transfer_encoding(std::string_view value);
    std::optional<refusal> finish();

    bool in_fields() const { return fields_start_ != 0; }

    std::size_t position_ = 0;     // bytes checked so far
    std::size_t line_start_ = 0;   // of the line that position_ is in
    std::size_t head_start_ = 0;   // of the request line
    std::size_t fields_start_ = 0; // of the first field line; 0 before it
    unsigned field_count_ = 0;
    unsigned minor_version_ = 0;
    bool after_cr_ = false;
    bool complete_ = false;
    bool has_host_ = false;
    std::optional<std::uint64_t> content_length_;
    bool chunked_ = false;
};

} // namespace docker_run::http
