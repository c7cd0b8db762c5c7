#include "api/auth_reporter.hpp"

#include "api/access_tokens.hpp"
#include "http/exchange.hpp"

#include <string_view>
#include <utility>

namespace docker_run {

using namespace std::chrono_literals;

void auth_reporter::failed(const http::exchange& request) {
    const auto left_out = admit_line();
    if (!left_out)
        return;
    const std::string_view reason = access_tokens::is_offered(request.head()) ? "wrong" : "missing";
    const auto peer = request.peer().to_string();
    log_.write(log_level::warning, "auth.failed",
               {{"peer", peer},
                {"reason", reason},
                {"route", request.route()},
                {"request", request.request_id()},
                {"left_out", *left_out}});
}

std::optional<std::size_t> auth_reporter::admit_line() {
    const auto now = std::chrono::steady_clock::now();
    const mutex_lock lock(mutex_);
    if (now - second_ >= 1s) {
        second_ = now;
        told_ = 0;
    }
    if (told_ >= max_failures_told) {
        ++left_out_;
        return std::nullopt;
    }
    ++told_;
    return std::exchange(left_out_, 0);
}

} // namespace docker_run
