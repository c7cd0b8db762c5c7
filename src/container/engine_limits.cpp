#include "container/engine_limits.hpp"

#include <utility>

namespace docker_run {

namespace asio = boost::asio;

engine_limits::engine_limits(std::vector<container_settings> containers, docker::engine& engine,
                             const logger& log)
    : engine_(engine), log_(log), containers_(std::move(containers)) {}

asio::awaitable<engine_limits::answer> engine_limits::check(std::chrono::steady_clock::time_point deadline) {
    auto info = co_await engine_.info(deadline);
    auto said = std::make_shared<const docker::engine_info>(std::move(info));
    {
        const mutex_lock lock(mutex_);
        answer_ = said;
    }
    judge(*said);
    co_return said;
}

void engine_limits::apply(std::vector<container_settings> containers) {
    {
        const mutex_lock lock(mutex_);
        containers_ = std::move(containers);
    }
    if (const auto said = answered())
        judge(*said);
}

void engine_limits::forget() {
    const mutex_lock lock(mutex_);
    answer_.reset();
}

bool engine_limits::known() const {
    return answered() != nullptr;
}

asio::awaitable<std::string> engine_limits::refusal_for(const container_settings& container,
                                                        bool has_runner) {
    auto said = answered();
    if (!said)
        said = co_await check();
    auto reason = refusal(check_limits(container, *said));
    if (reason.empty())
        reason = unfiltered(container, *said, has_runner);
    co_return reason;
}

std::vector<limit_check> engine_limits::unenforced() const {
    const mutex_lock lock(mutex_);
    return unenforced_;
}

engine_limits::answer engine_limits::answered() const {
    const mutex_lock lock(mutex_);
    return answer_;
}

void engine_limits::judge(const docker::engine_info& engine) {
    const mutex_lock lock(mutex_);
    unenforced_ = unenforced_limits(containers_, engine);
    for (const auto& each : unenforced_) {
        const bool refused = each.what == limit_check::result::refused;
        log_.write(refused ? log_level::error : log_level::warning, "limit.not_enforced",
                   {{"limit", each.limit}, {"runs_refused", refused}, {"reason", to_string(each)}});
    }
}

} // namespace docker_run
