#pragma once

#include "http/ip_prefix.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <span>
#include <string>
#include <vector>

namespace docker_run::http {

/// The proxies in front of us whose word counts (SERVER_TRUSTED_PROXIES). A value; immutable, so any thread
/// may use it.
class trusted_proxies {
  public:
    trusted_proxies() = default;
    /// `prefixes`: as ip_prefix::parse takes them; what it does not take is left out.
    explicit trusted_proxies(std::span<const std::string> prefixes);

    [[nodiscard]] bool contain(const boost::asio::ip::address& address) const;

    /// Who has sent a request that came from `sender` with these fields. A trusted proxy's X-Forwarded-For is
    /// read from its end: the first address in it that is none of the proxies. What stands in front of that
    /// one, or of what is no address, anybody may have written. `sender` where there is nothing better.
    [[nodiscard]] boost::asio::ip::address caller(const boost::asio::ip::address& sender,
                                                  const boost::beast::http::fields& fields) const;

  private:
    std::vector<ip_prefix> prefixes_;
};

} // namespace docker_run::http
