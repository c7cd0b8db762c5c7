#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace docker_run {

/// Objects and arrays inside each other, the outermost counted. The contract's bound for what a container
/// prints, and ours for what a caller sends.
inline constexpr std::size_t max_json_depth = 128;

/// RFC 8259, section 2.
inline constexpr std::string_view json_white_space = " \t\n\r";

/// Finds where one JSON object ends in a stream that comes in pieces of any size, in time linear in the bytes
/// and without memory of its own.
///
/// It only finds the end: whether the object is valid JSON is check_json's verdict (json_check.hpp). Of a
/// valid object it finds exactly the end; of anything else it finds some end or none.
class object_scanner {
  public:
    enum class state : std::uint8_t {
        before,        ///< white space at most so far
        inside,        ///< the object has begun
        complete,      ///< its closing brace was taken
        not_an_object, ///< the first byte that is not white space (RFC 8259 section 2) is no `{`
        too_deep,      ///< deeper than max_json_depth
    };

    /// Takes bytes up to and with the closing brace, or up to the byte that cannot be taken, and returns how
    /// many. Takes nothing once the state is neither `before` nor `inside`.
    std::size_t feed(std::string_view bytes) noexcept;

    [[nodiscard]] state current_state() const noexcept { return state_; }

    /// Bytes of the object so far, the white space in front of it not counted. What one call of feed() adds
    /// to it are the last bytes of those that the call took.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    std::size_t skip_white_space(std::string_view bytes) noexcept;
    std::size_t scan_object(std::string_view bytes) noexcept;
    bool open_bracket() noexcept;
    void close_bracket() noexcept;

    state state_ = state::before;
    bool in_string_ = false;
    bool escaped_ = false; ///< the piece before this one ended in the middle of an escape
    std::size_t depth_ = 0;
    std::size_t size_ = 0;
};

} // namespace docker_run
