#include "run/podman_words.hpp"

namespace docker_run {

bool are_podmans_words(std::string_view text) {
    return text.starts_with("Error: ") && text.find(" unixpacket @->") != std::string_view::npos &&
           text.find('\n') + 1 == text.size() &&
           (text.ends_with(": broken pipe\n") || text.ends_with(": connection reset by peer\n"));
}

} // namespace docker_run
