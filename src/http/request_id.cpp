#include "http/request_id.hpp"

#include "http/syntax.hpp"
#include "system/random_id.hpp"

#include <algorithm>

namespace docker_run::http {

bool is_request_id(std::string_view text) {
    constexpr auto is_allowed = [](char c) {
        return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, is_allowed);
}

std::string new_request_id() {
    return random_id();
}

} // namespace docker_run::http
