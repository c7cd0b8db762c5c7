#include "api/version_cache.hpp"

#include "async/event.hpp"
#include "log/log_exception.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <optional>
#include <string>
#include <utility>

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

/// One call to the engine. The cache's mutex guards all but the event.
struct version_cache::question {
    event settled;
    clock::time_point settled_at; ///< only if settled
    std::shared_ptr<const docker::engine_version> version;
    std::optional<engine_failure> failure;
};

version_cache::version_cache(const asio::any_io_executor& executor, docker::engine& engine, const logger& log)
    : engine_(engine), calls_(executor, log_exceptions(log, "version")) {}

asio::awaitable<std::shared_ptr<const docker::engine_version>> version_cache::get() {
    const auto pending = join();
    co_await pending->settled.wait(clock::time_point::max());
    const mutex_lock lock(mutex_);
    if (pending->version)
        co_return pending->version;
    if (pending->failure)
        pending->failure->raise();
    throw boost::system::system_error(asio::error::operation_aborted); // the caller or the call was cancelled
}

/// Returns the question whose answer is still valid, or asks a new one.
std::shared_ptr<version_cache::question> version_cache::join() {
    std::shared_ptr<question> fresh;
    {
        const mutex_lock lock(mutex_);
        if (current_ && (!current_->settled.is_set() || clock::now() - current_->settled_at < remembered_for))
            return current_;
        fresh = std::make_shared<question>();
        current_ = fresh;
    }
    calls_.spawn(ask(fresh));
    return fresh;
}

asio::awaitable<void> version_cache::ask(std::shared_ptr<question> pending) {
    // However this coroutine ends, no other one is left waiting.
    struct settlement {
        version_cache& owner;
        const std::shared_ptr<question>& pending;
        ~settlement() { owner.settle(pending); }
    };
    const settlement at_the_end{*this, pending};
    try {
        auto version = co_await engine_.version();
        auto shared = std::make_shared<const docker::engine_version>(std::move(version));
        const mutex_lock lock(mutex_);
        pending->version = std::move(shared);
    } catch (const docker::engine_error& error) {
        const mutex_lock lock(mutex_);
        pending->failure.emplace(error);
    }
}

void version_cache::settle(const std::shared_ptr<question>& pending) {
    const mutex_lock lock(mutex_);
    pending->settled_at = clock::now();
    pending->settled.set();
    if (!pending->version && current_ == pending)
        current_ = nullptr;
}

} // namespace docker_run
