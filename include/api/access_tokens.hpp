#pragma once

#include "admission/caller.hpp"
#include "async/mutex.hpp"

#include <boost/beast/http/fields.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run {

/// The accepted access tokens. A request is authorised if it carries any one of them. Thread-safe.
class access_tokens {
  public:
    explicit access_tokens(std::vector<access_token> tokens)
        : tokens_(std::make_shared<const std::vector<access_token>>(std::move(tokens))) {}

    /// Accepts these tokens, and no others any more.
    void replace(std::vector<access_token> tokens);

    /// Returns the caller, or null if the request is not authorised. Reads `X-Access-Token`, or if that is
    /// absent `Authorization: Bearer`, because a proxy may own the latter. A repeated field is rejected. The
    /// comparison takes constant time for tokens of equal length.
    std::shared_ptr<const caller> admit(const boost::beast::http::fields& fields) const;

    /// Whether a request carries a token at all, even a wrong one.
    static bool is_offered(const boost::beast::http::fields& fields);

  private:
    std::shared_ptr<const caller> owner_of(std::string_view offered) const;

    mutable mutex mutex_;
    std::shared_ptr<const std::vector<access_token>> tokens_ GUARDED_BY(mutex_);
};

} // namespace docker_run
