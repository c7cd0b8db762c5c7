#pragma once

#include "api/api_call.hpp"
#include "http/response.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// Answers the requests of one method of one resource. Throws http::request_error; the response is then an
/// error in the route's format. Runs on the strand of the request's connection.
using endpoint = std::function<boost::asio::awaitable<http::response>(const api_call&)>;

enum class token_policy : std::uint8_t { open, required };

/// One resource.
struct route {
    struct method {
        boost::beast::http::verb verb;
        endpoint handle;
    };

    /// Path segments. `{name}` stands for any single segment that is not empty: "/runs/{id}". Must be a
    /// literal, because it is a label in logs and metrics.
    std::string_view path;
    std::vector<method> methods; ///< HEAD is served wherever GET is; the session leaves the body out
    /// Accepts WebSockets (http::asks_for_websocket); null: the resource has none, and such a request is like
    /// any other.
    endpoint upgrade = nullptr;
    token_policy token = token_policy::required;
    bool is_vital = false; ///< answered at any load: health checks and scrapes
    /// Makes an error response of this resource.
    http::response (*error)(unsigned status, std::string_view code,
                            std::string_view message) = &http::error_response;

    /// Returns null if the resource does not support the method.
    [[nodiscard]] const endpoint* find(boost::beast::http::verb verb) const;
    /// The methods, in the format of the Allow header.
    [[nodiscard]] std::string allow() const;
};

/// Finds the resource of a path. Immutable, and so thread-safe.
class router {
  public:
    /// If two patterns match a path, the earlier one wins.
    explicit router(std::vector<route> routes) : routes_(std::move(routes)) {}

    struct match {
        const route& resource;
        path_parameters parameters;
    };
    [[nodiscard]] std::optional<match> find(std::string_view path) const;

  private:
    std::vector<route> routes_;
};

} // namespace docker_run
