#pragma once

#include "http/ip_prefix.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <span>
#include <string>
#include <vector>

namespace docker_run::http {

/// The proxies whose X-Forwarded-For header is trusted (SERVER_TRUSTED_PROXIES). A value type. Immutable, so
/// any thread may use it.
class trusted_proxies {
  public:
    trusted_proxies() = default;
    /// `prefixes`: in the form of ip_prefix::parse. Invalid ones are ignored.
    explicit trusted_proxies(std::span<const std::string> prefixes);

    [[nodiscard]] bool contain(const boost::asio::ip::address& address) const;

    /// The caller of a request that came from `sender` with these header fields: `sender` itself, unless it
    /// is a trusted proxy. Then X-Forwarded-For is read from its end, up to the first address that is not a
    /// trusted proxy. The last address read is the caller; `sender` if there is none. Entries before that
    /// address, or before an entry that is not an address, are ignored, because anybody may have written
    /// them.
    [[nodiscard]] boost::asio::ip::address caller(const boost::asio::ip::address& sender,
                                                  const boost::beast::http::fields& fields) const;

  private:
    std::vector<ip_prefix> prefixes_;
};

} // namespace docker_run::http
