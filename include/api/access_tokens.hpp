#pragma once

#include "admission/caller.hpp"

#include <boost/beast/http/fields.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run {

/// Who may call: the tokens, any of which opens the door. Thread-safe.
class access_tokens {
  public:
    explicit access_tokens(std::vector<access_token> tokens)
        : tokens_(std::make_shared<const std::vector<access_token>>(std::move(tokens))) {}

    /// These open the door from now on, and no others.
    void replace(std::vector<access_token> tokens);

    /// Who calls; null: somebody without a right to. Judges `X-Access-Token`, or where that is absent
    /// `Authorization: Bearer`: a proxy may own the latter. A repeated field is rejected. How
    /// long it takes tells nothing about a token but its length.
    std::shared_ptr<const caller> admit(const boost::beast::http::fields& fields) const;

    /// Whether a request offers a token at all, be it wrong.
    static bool is_offered(const boost::beast::http::fields& fields);

  private:
    std::shared_ptr<const caller> owner_of(std::string_view offered) const;

    mutable std::mutex mutex_;
    std::shared_ptr<const std::vector<access_token>> tokens_;
};

} // namespace docker_run
