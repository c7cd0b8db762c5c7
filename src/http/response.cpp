#include "http/response.hpp"

#include "http/error.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <ctime>

namespace docker_run::http {
namespace {

// IMF-fixdate (RFC 9110, 5.6.7). The daemon always uses the C locale, which has the same names as the RFC.
std::string http_date(std::time_t now) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    return {text.data(), size};
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ");
    const auto is_printable = [](char c) { return c >= 0x20 && c < 0x7F; };
    std::ranges::transform(value, std::back_inserter(head),
                           [&](char c) { return is_printable(c) ? c : '?'; });
    head.append("\r\n");
}

// RFC 9110, 8.6 and 15.3.5: a response with such a status has no body and must not have a Content-Length.
bool has_content(unsigned status) {
    return status >= 200 && status != 204 && status != 304;
}

} // namespace

response error_response(unsigned status, std::string_view code, std::string_view message) {
    response result;
    result.status = status;
    result.body = error_body(code, message);
    return result;
}

std::string serialize_head(const response& message, std::string_view request_id, bool keep_alive,
                           body_length length) {
    std::string head;
    head.reserve(384);
    head.append("HTTP/1.1 ").append(std::to_string(message.status)).append(" ");
    head.append(boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(message.status)));
    head.append("\r\n");
    append_field(head, "Date", http_date(std::time(nullptr)));
    if (has_content(message.status)) {
        append_field(head, "Content-Type", message.content_type);
        if (length == body_length::known)
            append_field(head, "Content-Length", std::to_string(message.body.size()));
        else if (length == body_length::chunked)
            append_field(head, "Transfer-Encoding", "chunked");
    }
    append_field(head, "Connection", keep_alive ? "keep-alive" : "close");
    append_field(head, "X-Request-Id", request_id);
    for (const auto& [name, value] : message.fields)
        append_field(head, name, value);
    head.append("\r\n");
    return head;
}

} // namespace docker_run::http
