#pragma once

#include <boost/beast/http/fields.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// Who may call: the tokens, any of which opens the door.
class access_tokens {
  public:
    explicit access_tokens(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}

    /// Judges `X-Access-Token`, or where that is absent `Authorization: Bearer`: a proxy may own the latter.
    /// A field that is there twice opens nothing. How long it takes tells nothing about a token but its
    /// length.
    bool admit(const boost::beast::http::fields& fields) const;

  private:
    bool knows(std::string_view offered) const;

    std::vector<std::string> tokens_;
};

} // namespace docker_run
