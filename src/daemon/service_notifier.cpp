#include "daemon/service_notifier.hpp"

#include "log/log_exception.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::microseconds status_interval = 5s;
constexpr std::chrono::microseconds impatient_interval = 1s; ///< while the daemon is not ready

struct manager_address {
    sockaddr_un address{};
    socklen_t size = 0;
};

std::optional<manager_address> find_manager() {
    const char* variable = std::getenv("NOTIFY_SOCKET");
    const std::string_view path = variable == nullptr ? "" : variable;
    manager_address found;
    if (path.empty() || path.size() >= sizeof found.address.sun_path)
        return std::nullopt;
    found.address.sun_family = AF_UNIX;
    path.copy(found.address.sun_path, path.size());
    if (path.front() == '@') // the abstract namespace of unix(7)
        found.address.sun_path[0] = '\0';
    found.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    return found;
}

// sd_notify(3) itself waits for room in the manager's queue, without a deadline: a manager that hangs would
// block the daemon's threads. This function does not wait. If there is no room, the message is lost.
void notify(const std::string& assignments) {
    const auto manager = find_manager();
    const int descriptor = manager ? ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    if (descriptor < 0)
        return;
    ::sendto(descriptor, assignments.data(), assignments.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&manager->address), manager->size);
    ::close(descriptor);
}

// A quarter of the time that the service manager grants, so that a thread may miss one report.
std::chrono::microseconds beat_interval() {
    constexpr int keep_environment = 0;
    std::uint64_t granted = 0;
    if (::sd_watchdog_enabled(keep_environment, &granted) <= 0)
        return status_interval;
    return std::min(status_interval, std::chrono::microseconds(granted / 4));
}

} // namespace

service_notifier::service_notifier(std::vector<asio::any_io_executor> threads, const readiness& ready,
                                   const admission_queue& runs, const container_pool& pool, const logger& log)
    : threads_(std::move(threads)), ready_(ready), runs_(runs), pool_(pool),
      tasks_(threads_.front(), log_exceptions(log, "service_notifier")) {}

void service_notifier::ready() {
    if (!find_manager())
        return;
    notify("READY=1\nSTATUS=" + status());
    tasks_.keep_running([this] { return beat(beat_interval()); });
}

void service_notifier::stopping(std::chrono::seconds at_most) {
    const std::chrono::microseconds needed = at_most;
    notify("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(needed.count()) + "\nSTATUS=" + status());
}

asio::awaitable<void> service_notifier::beat(std::chrono::microseconds interval) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (;;) {
        const auto alive = ask_threads();
        pause.expires_after(ready_.obstacles().empty() ? interval : std::min(interval, impatient_interval));
        co_await pause.async_wait(asio::use_awaitable);
        const std::string ping = *alive == threads_.size() ? "WATCHDOG=1\n" : "";
        notify(ping + "STATUS=" + status());
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
    text.append("; ").append(std::to_string(runs.running)).append(" runs active, ");
    text.append(std::to_string(runs.waiting)).append(" in line, ");
    text.append(std::to_string(pool_.counts().waiting)).append(" containers ready");
    return text;
}

} // namespace docker_run
