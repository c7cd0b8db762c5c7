#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace docker_run::http {

/// The form of an address for counting, logging and comparing: an IPv4 address that a dual-stack socket shows
/// as ::ffff:192.0.2.1 becomes 192.0.2.1.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

/// The addresses that begin with the same bits: `192.0.2.0/24`, `2001:db8::/32`; without a length, one
/// address. A value type.
class ip_prefix {
  public:
    /// Returns nothing if the text is not a prefix or has bits set after its length: 10.0.0.1/8 is an error.
    static std::optional<ip_prefix> parse(std::string_view text);

    /// The first `length` bits of an address, at most all of them. Used to count the addresses of one caller
    /// together.
    static ip_prefix of_address(const boost::asio::ip::address& address, unsigned length);

    [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;

    friend auto operator<=>(const ip_prefix&, const ip_prefix&) = default;

  private:
    using bits = std::array<unsigned char, 16>;
    static bits bits_of(const boost::asio::ip::address& plain);

    bool is_v4_ = false;
    unsigned length_ = 0;
    bits bits_{}; ///< an IPv4 address comes first; zero after the length
};

} // namespace docker_run::http
