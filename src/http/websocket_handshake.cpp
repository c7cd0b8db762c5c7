#include "http/websocket_handshake.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace docker_run::http {
namespace {

constexpr std::string_view protocol_version = "13";
// 16 bytes in base64 (RFC 6455, 4.1).
constexpr std::size_t key_size = 24;
constexpr std::string_view key_padding = "==";

/// The items of a list in all header lines of that name (RFC 9110, 5.6.1). Empty items are left out.
std::vector<std::string_view> list_of(const request_head& head, std::string_view name) {
    std::vector<std::string_view> items;
    const auto [first, last] = head.fields.equal_range(name);
    for (auto field = first; field != last; ++field) {
        std::string_view rest = field->value();
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            if (const auto item = trim(rest.substr(0, comma)); !item.empty())
                items.push_back(item);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return items;
}

bool lists(const request_head& head, std::string_view name, std::string_view word) {
    const auto items = list_of(head, name);
    return std::ranges::any_of(items, [&](auto item) { return equals_ignoring_case(item, word); });
}

/// The value of a header that occurs exactly once; empty otherwise.
std::string_view only_value(const request_head& head, std::string_view name) {
    return head.fields.count(name) == 1 ? std::string_view(head.fields[name]) : std::string_view();
}

bool is_base64_digit(char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '/';
}

bool is_key(std::string_view text) {
    return text.size() == key_size && text.ends_with(key_padding) &&
           std::ranges::all_of(text.substr(0, key_size - key_padding.size()), is_base64_digit);
}

} // namespace

bool asks_for_websocket(const request_head& head) {
    const bool has_body =
        head.framing != body_framing{} && head.framing != body_framing{body_framing::kind::length, 0};
    return head.verb == boost::beast::http::verb::get && head.minor_version > 0 && !has_body &&
           lists(head, "Connection", "upgrade") && lists(head, "Upgrade", "websocket") &&
           only_value(head, "Sec-WebSocket-Version") == protocol_version &&
           is_key(only_value(head, "Sec-WebSocket-Key"));
}

std::vector<std::string_view> offered_subprotocols(const request_head& head) {
    return list_of(head, "Sec-WebSocket-Protocol");
}

} // namespace docker_run::http
