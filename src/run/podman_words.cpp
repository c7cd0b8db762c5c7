#include "run/podman_words.hpp"

namespace docker_run {

bool are_podmans_words(std::string_view text) {
    return text.starts_with("Error: ") && text.find(" unixpacket @->") != std::string_view::npos &&
           text.find('\n') + 1 == text.size() &&
           (text.ends_with(": broken pipe\n") || text.ends_with(": connection reset by peer\n"));
}

bool end_with_podmans_words(std::string_view text) {
    const auto begin = text.rfind("Error: ");
    return begin != std::string_view::npos && are_podmans_words(text.substr(begin));
}

} // namespace docker_run
