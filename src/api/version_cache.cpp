#include "api/version_cache.hpp"

#include "log/log_exception.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds remembered_for{1};

/// An engine_error as a value. Copies of the exception share one text, and threads that throw them share its
/// counter, which TSan cannot follow into the standard library.
struct engine_failure {
    explicit engine_failure(const docker::engine_error& error)
        : fault(error.fault()), message(error.what()), status(error.status()) {}

    [[noreturn]] void raise() const { throw docker::engine_error(fault, message, status); }

    docker::engine_fault fault;
    std::string message;
    unsigned status;
};

} // namespace

/// One call to the engine, with everything that waits for it. Guarded by the cache's mutex.
struct version_cache::question {
    /// The timer of one waiting coroutine. It never expires: the answer cancels it, on its own executor.
    using alarm = std::shared_ptr<asio::steady_timer>;

    std::vector<alarm> waiting;
    bool settled = false;
    clock::time_point answered; ///< only if settled
    std::shared_ptr<const docker::engine_version> version;
    std::optional<engine_failure> failure;
};

version_cache::version_cache(const asio::any_io_executor& executor, docker::engine& engine, const logger& log)
    : engine_(engine), calls_(executor, log_exceptions(log, "version")) {}

asio::awaitable<std::shared_ptr<const docker::engine_version>> version_cache::get() {
    const auto executor = co_await asio::this_coro::executor;
    const auto alarm = std::make_shared<asio::steady_timer>(executor, clock::time_point::max());
    const auto asked = join();
    bool must_wait = false;
    {
        const mutex_lock lock(mutex_);
        must_wait = !asked->settled;
        if (must_wait)
            asked->waiting.push_back(alarm);
    }
    if (must_wait) {
        boost::system::error_code woken;
        co_await alarm->async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    const mutex_lock lock(mutex_);
    if (asked->version)
        co_return asked->version;
    if (asked->failure)
        asked->failure->raise();
    throw boost::system::system_error(asio::error::operation_aborted); // the caller or the call was cancelled
}

/// Returns the question whose answer is still valid, or asks a new one.
std::shared_ptr<version_cache::question> version_cache::join() {
    std::shared_ptr<question> fresh;
    {
        const mutex_lock lock(mutex_);
        if (current_ && (!current_->settled || clock::now() - current_->answered < remembered_for))
            return current_;
        fresh = std::make_shared<question>();
        current_ = fresh;
    }
    calls_.spawn(ask(fresh));
    return fresh;
}

asio::awaitable<void> version_cache::ask(std::shared_ptr<question> asked) {
    // However this coroutine ends, no other one is left waiting.
    struct settlement {
        version_cache& owner;
        const std::shared_ptr<question>& of;
        ~settlement() { owner.settle(of); }
    };
    const settlement at_the_end{*this, asked};
    try {
        auto version = co_await engine_.version();
        auto shared = std::make_shared<const docker::engine_version>(std::move(version));
        const mutex_lock lock(mutex_);
        asked->version = std::move(shared);
    } catch (const docker::engine_error& error) {
        const mutex_lock lock(mutex_);
        asked->failure.emplace(error);
    }
}

void version_cache::settle(const std::shared_ptr<question>& asked) {
    const mutex_lock lock(mutex_);
    asked->settled = true;
    asked->answered = clock::now();
    if (!asked->version && current_ == asked)
        current_ = nullptr;
    for (auto& each : asked->waiting)
        asio::post(each->get_executor(), [alarm = each] { alarm->cancel(); });
    asked->waiting.clear();
}

} // namespace docker_run
