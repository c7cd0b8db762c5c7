#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace code_runner {

/// Finds the end of one JSON object in bytes that arrive piece by piece, without understanding it: braces,
/// brackets and strings are enough. The parser checks whether the document is valid.
class document_scanner {
  public:
    enum class state : std::uint8_t { incomplete, complete, not_an_object };

    /// Takes the next bytes. After complete or not_an_object, further bytes have no effect.
    state feed(std::string_view bytes);

    /// Number of bytes up to and including the closing brace; meaningful when complete.
    std::size_t size() const { return size_; }

  private:
    void take(char byte);

    state state_ = state::incomplete;
    std::size_t size_ = 0;
    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

} // namespace code_runner
