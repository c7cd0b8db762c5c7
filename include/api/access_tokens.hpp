#pragma once

#include "admission/caller.hpp"
#include "async/mutex.hpp"
#include "http/request_head.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run {

/// The beginning of the subprotocol that carries a token, followed by the token in base64url. A browser can
/// set no header of a WebSocket's handshake, but its subprotocols.
inline constexpr std::string_view token_subprotocol = "base64url.bearer.authorization.docker-run.";

/// The accepted access tokens. A request is authorised if it carries any one of them. Thread-safe.
class access_tokens {
  public:
    explicit access_tokens(std::vector<access_token> tokens)
        : tokens_(std::make_shared<const std::vector<access_token>>(std::move(tokens))) {}

    /// Accepts these tokens, and no others any more.
    void replace(std::vector<access_token> tokens);

    /// Returns the caller, or null if the request is not authorised. Reads `X-Access-Token`. If that is
    /// absent, reads the subprotocol token_subprotocol of a WebSocket's handshake, and if that is absent too
    /// `Authorization: Bearer`, because a proxy may own the latter. A repeated token is rejected. The
    /// comparison takes constant time for tokens of equal length.
    std::shared_ptr<const caller> admit(const http::request_head& head) const;

    /// Whether a request carries a token at all, even a wrong one.
    static bool is_offered(const http::request_head& head);

  private:
    std::shared_ptr<const caller> owner_of(std::string_view offered) const;

    mutable mutex mutex_;
    std::shared_ptr<const std::vector<access_token>> tokens_ GUARDED_BY(mutex_);
};

} // namespace docker_run
