#pragma once

#include "http/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run::http {

/// Size of all chunk extensions of one body, in bytes. Real clients do not use extensions. Without this limit
/// the extensions of a body of one-byte chunks could be many times larger than its data.
inline constexpr std::size_t max_chunk_extensions_size = 16384;
/// Size of all trailer fields together, in bytes, and their number.
inline constexpr std::size_t max_trailers_size = 8192;
inline constexpr unsigned max_trailer_count = 100;

/// Strict decoder of one chunked body (RFC 9112, 7.1). Beast's decoder accepts sizes of any length and turns
/// trailers into header fields. Here a size has at most 16 digits, and trailers are checked and discarded. A
/// pure state machine: result and fault do not depend on how the bytes were split.
class chunked_decoder {
  public:
    /// A body longer than `max_size` bytes is a fault (413). It is detected at the size line of the chunk
    /// that exceeds the limit.
    explicit chunked_decoder(std::size_t max_size) : max_size_(max_size) {}

    /// Decodes `bytes` from the start and appends the data to `out`. Returns how many bytes were used: all of
    /// them, or those up to the end of the body or to the fault.
    std::size_t decode(std::string_view bytes, std::string& out);

    bool is_done() const { return state_ == state::done; }

    /// Why the body is refused (400, 413, 431), or nothing. Decoding stops at a fault.
    const std::optional<refusal>& fault() const { return fault_; }

  private:
    enum class state {
        size,
        before_extension,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer,
        trailer_lf,
        done
    };

    void take(char c);
    void take_size(char c);
    void take_extension(char c);
    void end_size_line();
    void take_trailer(char c);
    void end_trailer_line();
    void expect(char c, char expected, state next);
    void fail(const refusal& reason) { fault_ = reason; }

    std::size_t max_size_;
    state state_ = state::size;
    std::optional<refusal> fault_;
    std::uint64_t chunk_left_ = 0; // bytes of the chunk not received yet
    std::uint64_t total_ = 0;      // size of all chunks announced so far
    unsigned size_digits_ = 0;
    std::size_t extensions_size_ = 0;
    std::size_t trailers_size_ = 0;
    unsigned trailer_count_ = 0;
    std::string trailer_line_;
};

} // namespace docker_run::http
