#include "enforcement.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;

enforcement::enforcement(const config& settings, docker::engine& engine, const logger& log)
    : container_(settings.container), demanded_(settings.demanded), engine_(engine), log_(log) {}

asio::awaitable<void> enforcement::check() {
    const auto info = co_await engine_.info();
    auto checks = check_limits(container_, demanded_, info);
    std::erase_if(checks, [](const limit_check& each) { return each.what == limit_check::result::enforced; });
    for (const auto& each : checks) {
        const bool refused = each.what == limit_check::result::refused;
        log_.write(refused ? log_level::error : log_level::warning, "limit.not_enforced",
                   {{"limit", each.limit}, {"runs_refused", refused}, {"reason", to_string(each)}});
    }
    const std::lock_guard lock(mutex_);
    known_ = true;
    unenforced_ = std::move(checks);
}

void enforcement::forget() {
    const std::lock_guard lock(mutex_);
    known_ = false;
}

bool enforcement::known() const {
    const std::lock_guard lock(mutex_);
    return known_;
}

asio::awaitable<std::string> enforcement::obstacle() {
    auto found = known_obstacle();
    if (found)
        co_return std::move(*found);
    co_await check();
    co_return refusal(unenforced());
}

std::vector<limit_check> enforcement::unenforced() const {
    const std::lock_guard lock(mutex_);
    return unenforced_;
}

std::optional<std::string> enforcement::known_obstacle() const {
    const std::lock_guard lock(mutex_);
    if (!known_)
        return std::nullopt;
    return refusal(unenforced_);
}

std::string refusal(const std::vector<limit_check>& checks) {
    const auto found = std::ranges::find(checks, limit_check::result::refused, &limit_check::what);
    return found == checks.end() ? std::string() : "the engine does not enforce " + to_string(*found);
}

} // namespace docker_run
