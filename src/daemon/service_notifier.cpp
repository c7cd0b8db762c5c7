#include "daemon/service_notifier.hpp"

#include "log/log_exception.hpp"
#include "system/service_manager.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::microseconds status_interval = 5s;
constexpr std::chrono::microseconds impatient_interval = 1s; ///< while the daemon is not ready

// A quarter of the time that the service manager grants, so that a thread may miss one report.
std::chrono::microseconds beat_interval() {
    const auto granted = watchdog_time();
    return granted ? std::min(status_interval, *granted / 4) : status_interval;
}

} // namespace

service_notifier::service_notifier(std::vector<asio::any_io_executor> threads, const readiness& ready,
                                   const admission_queue& runs, const container_pool& pool, const logger& log)
    : threads_(std::move(threads)), ready_(ready), runs_(runs), pool_(pool),
      tasks_(threads_.front(), log_exceptions(log, "service_notifier")) {}

void service_notifier::ready() {
    if (!has_service_manager())
        return;
    notify_service_manager("READY=1\nSTATUS=" + status());
    tasks_.keep_running([this] { return beat(beat_interval()); });
}

void service_notifier::stopping(std::chrono::seconds time_limit) {
    const std::chrono::microseconds needed = time_limit;
    notify_service_manager("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(needed.count()) +
                           "\nSTATUS=" + status());
}

asio::awaitable<void> service_notifier::beat(std::chrono::microseconds interval) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (;;) {
        const auto alive = ask_threads();
        pause.expires_after(ready_.obstacles().empty() ? interval : std::min(interval, impatient_interval));
        co_await pause.async_wait(asio::use_awaitable);
        const std::string ping = *alive == threads_.size() ? "WATCHDOG=1\n" : "";
        notify_service_manager(ping + "STATUS=" + status());
    }
}

service_notifier::answers service_notifier::ask_threads() const {
    auto count = std::make_shared<std::atomic<std::size_t>>(0);
    for (const auto& thread : threads_)
        asio::post(thread, [count] { ++*count; });
    return count;
}

std::string service_notifier::status() const {
    std::string text;
    for (const auto& obstacle : ready_.obstacles())
        text.append(text.empty() ? "Not ready: " : ", ").append(obstacle);
    if (text.empty())
        text = "Serving";
    const auto runs = runs_.counts();
    return fmt::format("{}; {} runs active, {} in line, {} containers ready", text, runs.running,
                       runs.waiting, pool_.counts().waiting);
}

} // namespace docker_run
