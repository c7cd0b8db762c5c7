#pragma once

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
    explicit access_tokens(std::vector<std::string> tokens)
        : tokens_(std::make_shared<const std::vector<std::string>>(std::move(tokens))) {}

    /// These open the door from now on, and no others.
    void replace(std::vector<std::string> tokens);

    /// Judges `X-Access-Token`, or where that is absent `Authorization: Bearer`: a proxy may own the latter.
    /// A field that is there twice opens nothing. How long it takes tells nothing about a token but its
    /// length.
    bool admit(const boost::beast::http::fields& fields) const;

  private:
    bool knows(std::string_view offered) const;

    mutable std::mutex mutex_;
    std::shared_ptr<const std::vector<std::string>> tokens_;
};

} // namespace docker_run
