#include "api/access_tokens.hpp"

#include "http/syntax.hpp"

#include <optional>

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

bool access_tokens::is_offered(const beast::http::fields& fields) {
    return count(fields, own) != presence::absent || count(fields, standard) != presence::absent;
}

std::shared_ptr<const caller> access_tokens::admit(const beast::http::fields& fields) const {
    constexpr std::string_view scheme = "Bearer ";
    switch (count(fields, own)) {
    case presence::repeated:
        return nullptr;
    case presence::once:
        return owner_of(fields[own]);
    case presence::absent:
        break;
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
