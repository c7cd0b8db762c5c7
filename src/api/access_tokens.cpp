#include "api/access_tokens.hpp"

#include "http/syntax.hpp"
#include "http/websocket_handshake.hpp"
#include "json/base64.hpp"

#include <optional>
#include <vector>

namespace docker_run {

namespace beast = boost::beast;

namespace {

constexpr std::string_view own = "X-Access-Token";
constexpr std::string_view standard = "Authorization";

enum class presence { absent, once, repeated };

presence count(const beast::http::fields& fields, std::string_view name) {
    const auto range = fields.equal_range(name);
    if (range.first == range.second)
        return presence::absent;
    return std::next(range.first) == range.second ? presence::once : presence::repeated;
}

/// The tokens in the subprotocols of a WebSocket's handshake, still encoded.
std::vector<std::string_view> tokens_in_subprotocols(const http::request_head& head) {
    std::vector<std::string_view> tokens;
    if (!http::asks_for_websocket(head))
        return tokens;
    for (const auto each : http::offered_subprotocols(head))
        if (each.starts_with(token_subprotocol))
            tokens.push_back(each.substr(token_subprotocol.size()));
    return tokens;
}

/// Compares every byte of texts of equal size, wherever the first difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size())
        return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    const volatile unsigned result = difference; // keeps the loop from ending early
    return result == 0;
}

} // namespace

bool access_tokens::is_offered(const http::request_head& head) {
    return count(head.fields, own) != presence::absent || count(head.fields, standard) != presence::absent ||
           !tokens_in_subprotocols(head).empty();
}

std::shared_ptr<const caller> access_tokens::admit(const http::request_head& head) const {
    constexpr std::string_view scheme = "Bearer ";
    const auto& fields = head.fields;
    switch (count(fields, own)) {
    case presence::repeated:
        return nullptr;
    case presence::once:
        return owner_of(fields[own]);
    case presence::absent:
        break;
    }
    if (const auto encoded = tokens_in_subprotocols(head); !encoded.empty()) {
        const auto token = encoded.size() == 1 ? decode_base64url(encoded.front()) : std::nullopt;
        return token ? owner_of(*token) : nullptr;
    }
    const std::string_view value = fields[standard];
    if (count(fields, standard) != presence::once ||
        !http::equals_ignoring_case(value.substr(0, scheme.size()), scheme))
        return nullptr;
    return owner_of(value.substr(scheme.size()));
}

void access_tokens::replace(std::vector<access_token> tokens) {
    auto fresh = std::make_shared<const std::vector<access_token>>(std::move(tokens));
    const mutex_lock lock(mutex_);
    tokens_.swap(fresh);
}

std::shared_ptr<const caller> access_tokens::owner_of(std::string_view offered) const {
    std::shared_ptr<const std::vector<access_token>> tokens;
    {
        const mutex_lock lock(mutex_);
        tokens = tokens_;
    }
    std::shared_ptr<const caller> owner;
    for (const auto& token : *tokens) // all of them, even after a match
        if (equal_in_constant_time(token.text, offered))
            owner = token.owner;
    return offered.empty() ? nullptr : owner;
}

} // namespace docker_run
