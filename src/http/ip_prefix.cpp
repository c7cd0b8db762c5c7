#include "http/ip_prefix.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <string>

namespace docker_run::http {

namespace ip = boost::asio::ip;

namespace {

constexpr unsigned v4_length = 32;
constexpr unsigned v6_length = 128;

std::optional<unsigned> parse_length(std::string_view text, unsigned most) {
    unsigned length = 0;
    const auto* end = std::to_address(text.end());
    const auto parsed = std::from_chars(std::to_address(text.begin()), end, length);
    if (parsed.ec != std::errc{} || parsed.ptr != end || length > most)
        return std::nullopt;
    return length;
}

unsigned full_length(const ip::address& plain) {
    return plain.is_v4() ? v4_length : v6_length;
}

} // namespace

ip::address plain_address(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

std::optional<ip_prefix> ip_prefix::parse(std::string_view text) {
    const auto slash = text.find('/');
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text.substr(0, slash)), error);
    // A zone names an interface of one host, and make_address accepts any text as a zone.
    if (error || text.find('%') != std::string_view::npos)
        return std::nullopt;
    const auto plain = plain_address(address);
    const unsigned hidden = full_length(address) - full_length(plain);
    unsigned length = full_length(plain);
    if (slash != std::string_view::npos) {
        const auto written = parse_length(text.substr(slash + 1), full_length(address));
        if (!written || *written < hidden)
            return std::nullopt;
        length = *written - hidden;
    }
    auto prefix = of_address(plain, length);
    if (prefix.bits_ != bits_of(plain))
        return std::nullopt;
    return prefix;
}

ip_prefix ip_prefix::of_address(const ip::address& address, unsigned length) {
    const auto plain = plain_address(address);
    ip_prefix prefix;
    prefix.is_v4_ = plain.is_v4();
    prefix.length_ = std::min(length, full_length(plain));
    prefix.bits_ = bits_of(plain);
    for (unsigned bit = prefix.length_; bit < v6_length; ++bit) {
        auto& byte = prefix.bits_[bit / 8];
        byte = static_cast<unsigned char>(byte & ~(0x80U >> (bit % 8)));
    }
    return prefix;
}

bool ip_prefix::contains(const ip::address& address) const {
    return of_address(address, length_) == *this;
}

ip_prefix::bits ip_prefix::bits_of(const ip::address& plain) {
    bits all{};
    if (plain.is_v4())
        std::ranges::copy(plain.to_v4().to_bytes(), all.begin());
    else
        std::ranges::copy(plain.to_v6().to_bytes(), all.begin());
    return all;
}

} // namespace docker_run::http
