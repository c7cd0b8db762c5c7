#include "http/trusted_proxies.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace docker_run::http {

namespace ip = boost::asio::ip;

namespace {

constexpr std::string_view forwarded_for = "X-Forwarded-For";
constexpr std::string_view white_space = " \t";

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`: proxies write all
/// of these forms.
std::optional<ip::address> parse_hop(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
    text = text.substr(0, text.find_last_not_of(white_space) + 1);
    if (text.starts_with('['))
        text = text.substr(1, text.find(']') - 1);
    else if (const auto colon = text.find(':'); colon == text.rfind(':'))
        text = text.substr(0, colon);
    if (text.find('%') != std::string_view::npos)
        return std::nullopt;
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text), error);
    return error ? std::nullopt : std::optional(plain_address(address));
}

/// The hops of all X-Forwarded-For headers, in the order in which proxies added them.
std::vector<std::string_view> hops_of(const boost::beast::http::fields& fields) {
    std::vector<std::string_view> hops;
    const auto [first, last] = fields.equal_range(forwarded_for);
    for (auto field = first; field != last; ++field) {
        std::string_view list = field->value();
        for (auto comma = list.find(','); comma != std::string_view::npos; comma = list.find(',')) {
            hops.push_back(list.substr(0, comma));
            list.remove_prefix(comma + 1);
        }
        hops.push_back(list);
    }
    return hops;
}

} // namespace

trusted_proxies::trusted_proxies(std::span<const std::string> prefixes) {
    for (const auto& text : prefixes)
        if (auto prefix = ip_prefix::parse(text))
            prefixes_.push_back(*prefix);
}

bool trusted_proxies::contain(const ip::address& address) const {
    return std::ranges::any_of(prefixes_,
                               [&address](const ip_prefix& each) { return each.contains(address); });
}

ip::address trusted_proxies::caller(const ip::address& sender,
                                    const boost::beast::http::fields& fields) const {
    auto nearest = plain_address(sender);
    if (!contain(nearest))
        return nearest;
    auto hops = hops_of(fields);
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        const auto address = parse_hop(*hop);
        if (!address)
            break;
        nearest = *address;
        if (!contain(nearest))
            break;
    }
    return nearest;
}

} // namespace docker_run::http
