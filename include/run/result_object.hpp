#pragma once

#include "json/json_scanner.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace docker_run {

/// The one JSON object that a container prints on stdout, collected from pieces of any size. Pure; not
/// thread-safe.
class result_object {
  public:
    /// Takes bytes of stdout and returns how many of them count as output: all but the white space around an
    /// object. If these are more than `room`, nothing is stored.
    std::size_t feed(std::string_view piece, std::size_t room);

    bool is_complete() const noexcept { return scanner_.current_state() == object_scanner::state::complete; }
    /// Whether the text cannot begin or continue a result. Then only the end of the container is of interest.
    bool is_impossible() const noexcept;
    /// Whether something other than white space follows the complete object.
    bool has_trailing_text() const noexcept { return has_trailing_text_; }

    const std::string& text() const noexcept { return text_; }
    std::string take_text() noexcept { return std::move(text_); }

  private:
    object_scanner scanner_;
    std::string text_;
    bool has_trailing_text_ = false;
};

} // namespace docker_run
