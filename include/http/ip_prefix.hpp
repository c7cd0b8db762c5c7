#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace docker_run::http {

/// An address as it is counted, logged and compared: an IPv4 address that a dual socket shows as
/// ::ffff:192.0.2.1 is 192.0.2.1.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

/// The addresses that begin with the same bits: `192.0.2.0/24`, `2001:db8::/32`; without a length one
/// address. A value.
class ip_prefix {
  public:
    /// Nothing where the text is no prefix, or where bits behind its length are set: 10.0.0.1/8 is a mistake.
    static std::optional<ip_prefix> parse(std::string_view text);

    /// The first `length` bits of an address, at most all; for counting the addresses of one caller as one.
    static ip_prefix of_address(const boost::asio::ip::address& address, unsigned length);

    [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;

    friend auto operator<=>(const ip_prefix&, const ip_prefix&) = default;

  private:
    using bits = std::array<unsigned char, 16>;
    static bits bits_of(const boost::asio::ip::address& plain);

    bool is_v4_ = false;
    unsigned length_ = 0;
    bits bits_{}; ///< those of IPv4 in front; zero behind the length
};

} // namespace docker_run::http
