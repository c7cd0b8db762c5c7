#include "run/result_object.hpp"

namespace docker_run {

std::size_t result_object::feed(std::string_view piece, std::size_t room) {
    std::size_t added = 0;
    if (!is_complete() && !is_impossible()) {
        const auto size_before = scanner_.size();
        const auto taken = scanner_.feed(piece);
        added = scanner_.size() - size_before; // without the white space before the object
        if (added > room)
            return added;
        text_.append(piece.substr(taken - added, added));
        piece.remove_prefix(taken);
    }
    if (is_complete() && piece.find_first_not_of(json_white_space) != std::string_view::npos)
        has_trailing_text_ = true;
    return is_impossible() ? added + piece.size() : added;
}

bool result_object::is_impossible() const noexcept {
    const auto state = scanner_.current_state();
    return state == object_scanner::state::not_an_object || state == object_scanner::state::too_deep;
}

} // namespace docker_run
