#include "api/router.hpp"

#include <boost/beast/http/verb.hpp>

#include <algorithm>

namespace docker_run {

using boost::beast::http::verb;

namespace {

/// Takes the text up to the next slash.
std::string_view take_segment(std::string_view& rest) {
    const auto end = std::min(rest.find('/'), rest.size());
    const auto segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return segment;
}

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Both `pattern` and `path` begin with a slash.
std::optional<path_parameters> match_path(std::string_view pattern, std::string_view path) {
    path_parameters parameters;
    const auto slashes = std::ranges::count(pattern, '/');
    if (slashes != std::ranges::count(path, '/'))
        return std::nullopt;
    for (auto segments = slashes + 1; segments > 0; --segments) {
        const auto expected = take_segment(pattern);
        const auto segment = take_segment(path);
        if (is_parameter(expected) && !segment.empty())
            parameters.emplace_back(expected.substr(1, expected.size() - 2), segment);
        else if (expected != segment)
            return std::nullopt;
    }
    return parameters;
}

} // namespace

const endpoint* route::find(verb expected) const {
    const auto same = std::ranges::find(methods, expected, &method::verb);
    if (same != methods.end())
        return &same->handle;
    return expected == verb::head ? find(verb::get) : nullptr;
}

std::string route::allow() const {
    std::string list;
    for (const auto& each : methods) {
        list.append(list.empty() ? "" : ", ").append(to_string(each.verb));
        if (each.verb == verb::get)
            list.append(", HEAD");
    }
    return list;
}

std::optional<router::match> router::find(std::string_view path) const {
    for (const auto& each : routes_)
        if (auto parameters = match_path(each.path, path))
            return match{each, std::move(*parameters)};
    return std::nullopt;
}

} // namespace docker_run
