#include "api/request_checks.hpp"

#include "http/syntax.hpp"
#include "http/websocket_handshake.hpp"

#include <algorithm>

namespace docker_run {

namespace beast = boost::beast;

namespace {

/// The media type without its parameters: "application/json" of "application/json; charset=utf-8".
std::string_view media_type(std::string_view field) {
    return http::trim(field.substr(0, field.find(';')));
}

/// Subtype `json`, or the structured suffix `+json` (RFC 6839).
bool is_json(std::string_view field) {
    const auto type = media_type(field);
    const auto slash = type.find('/');
    if (slash == std::string_view::npos || slash == 0)
        return false;
    const auto subtype = type.substr(slash + 1);
    constexpr std::string_view suffix = "+json";
    return http::equals_ignoring_case(subtype, "json") ||
           (subtype.size() > suffix.size() &&
            http::equals_ignoring_case(subtype.substr(subtype.size() - suffix.size()), suffix));
}

} // namespace

http::response method_not_allowed(const route& resource) {
    auto response = resource.error(405, "method.not_allowed", "method not allowed; see the field Allow");
    response.fields.emplace_back("Allow", resource.allow());
    return response;
}

http::response unauthorized(const route& resource) {
    auto response = resource.error(401, "access_token", "Missing or wrong access token");
    response.fields.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

void check_expectation(const http::request_head& head) {
    if (head.expect == http::expectation::unknown)
        throw http::request_error(417, "request.expectation", "Only the expectation 100-continue is known");
}

void check_run_head(const http::request_head& head) {
    const std::string_view encoding = head.fields[beast::http::field::content_encoding];
    if (!encoding.empty() && !http::equals_ignoring_case(encoding, "identity"))
        throw http::request_error(415, "request.content_encoding", "The body must not be encoded");
    if (!is_json(head.fields[beast::http::field::content_type]))
        throw http::request_error(400, "request.content_type", "The Content-Type must be application/json");
}

void check_origin(const http::request_head& head, std::span<const std::string> allowed) {
    const auto [first, last] = head.fields.equal_range(beast::http::field::origin);
    const bool is_allowed = std::all_of(
        first, last, [&](const auto& field) { return std::ranges::count(allowed, field.value()) > 0; });
    if (!is_allowed)
        throw http::request_error(
            403, "request.origin",
            "Pages of this origin may not open a WebSocket; the operator lists origins in "
            "API_ALLOWED_ORIGINS");
}

void check_subprotocol(const http::request_head& head, std::string_view required) {
    const auto offered = http::offered_subprotocols(head);
    if (std::ranges::count(offered, required) == 0)
        throw http::request_error(400, "request.subprotocol",
                                  "The WebSocket must offer the subprotocol " + std::string(required));
}

} // namespace docker_run
