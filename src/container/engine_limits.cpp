#include "container/engine_limits.hpp"

#include <utility>

namespace docker_run {

namespace asio = boost::asio;

engine_limits::engine_limits(std::vector<container_settings> containers, docker::engine& engine,
                             const logger& log)
    : engine_(engine), log_(log), containers_(std::move(containers)) {}

asio::awaitable<engine_limits::info_pointer>
engine_limits::check(std::chrono::steady_clock::time_point deadline) {
    auto features = co_await engine_.info(deadline);
    auto info = std::make_shared<const docker::engine_info>(std::move(features));
    {
        const mutex_lock lock(mutex_);
        info_ = info;
    }
    update_unenforced(*info);
    co_return info;
}

void engine_limits::apply(std::vector<container_settings> containers) {
    {
        const mutex_lock lock(mutex_);
        containers_ = std::move(containers);
    }
    if (const auto info = stored_info())
        update_unenforced(*info);
}

void engine_limits::invalidate() {
    const mutex_lock lock(mutex_);
    info_.reset();
}

bool engine_limits::is_checked() const {
    return stored_info() != nullptr;
}

asio::awaitable<std::string> engine_limits::refusal_for(const container_settings& container,
                                                        bool has_runner) {
    auto info = stored_info();
    if (!info)
        info = co_await check();
    auto reason = refusal(check_limits(container, *info));
    if (reason.empty())
        reason = unfiltered(container, *info, has_runner);
    co_return reason;
}

std::vector<limit_check> engine_limits::unenforced() const {
    const mutex_lock lock(mutex_);
    return unenforced_;
}

engine_limits::info_pointer engine_limits::stored_info() const {
    const mutex_lock lock(mutex_);
    return info_;
}

void engine_limits::update_unenforced(const docker::engine_info& engine) {
    const mutex_lock lock(mutex_);
    unenforced_ = unenforced_limits(containers_, engine);
    for (const auto& each : unenforced_) {
        const bool refused = each.outcome == limit_check::result::refused;
        log_.write(refused ? log_level::error : log_level::warning, "limit.not_enforced",
                   {{"limit", each.limit}, {"runs_refused", refused}, {"reason", to_string(each)}});
    }
}

} // namespace docker_run
