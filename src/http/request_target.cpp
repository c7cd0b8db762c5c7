#include "http/request_target.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace docker_run::http {
namespace {

bool is_target_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7F && c != '#';
}

std::string_view without_query(std::string_view path) {
    return path.substr(0, path.find('?'));
}

// Length of "http://" or "https://" at the start, 0 if there is none (RFC 3986, 3.1: schemes ignore case).
std::size_t scheme_size(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (equals_ignoring_case(target.substr(0, scheme.size()), scheme))
            return scheme.size();
    return 0;
}

// host ":" port, and the port is not optional (RFC 9112, 3.2.3). After a bracket a digit can only belong to a
// port.
bool is_connect_target(std::string_view target) {
    return is_host(target) && is_digit(target.back()) && target.find(':') != std::string_view::npos;
}

} // namespace

std::optional<std::string_view> target_path(std::string_view method, std::string_view target) {
    if (target.empty() || !std::ranges::all_of(target, is_target_char))
        return std::nullopt;
    if (method == "CONNECT")
        return is_connect_target(target) ? std::optional(target) : std::nullopt;
    if (target.front() == '/')
        return without_query(target);
    if (target == "*" && method == "OPTIONS")
        return target;
    const std::size_t scheme = scheme_size(target);
    if (scheme == 0)
        return std::nullopt;
    const std::string_view rest = target.substr(scheme);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (!is_host(authority))
        return std::nullopt;
    const std::string_view path = without_query(rest.substr(authority.size()));
    return path.empty() ? std::string_view("/") : path;
}

std::string_view target_query(std::string_view target) {
    const auto mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

} // namespace docker_run::http
