#include "async/work_budget.hpp"

#include "async/alarm_clock.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr int hang_factor = 10; ///< multiple of the median
/// How often a hanging operation that may not yet continue without its permit asks again.
constexpr auto ask_again = 100ms;

} // namespace

/// One operation in progress. It is not movable, because its alarm points to it.
struct work_budget::turn::piece {
    piece(work_budget& budget, semaphore::permit granted, asio::any_io_executor thread)
        : owner(budget), permit(std::move(granted)), executor(std::move(thread)) {}
    ~piece() {
        if (hangs)
            owner.end_hang();
    }

    void watch(clock::duration patience) {
        late.set(executor, patience, [this] { give_back(); });
    }

    void give_back() {
        hangs = owner.let_hang();
        if (!hangs)
            return watch(ask_again);
        const auto released = std::move(permit);
    }

    work_budget& owner;
    semaphore::permit permit;
    asio::any_io_executor executor;
    clock::time_point begun = clock::now();
    bool hangs = false;
    alarm_clock late;
};

work_budget::turn::turn() = default;
work_budget::turn::turn(std::unique_ptr<piece> work) : piece_(std::move(work)) {}
work_budget::turn::turn(turn&& other) noexcept = default;
work_budget::turn& work_budget::turn::operator=(turn&& other) noexcept = default;
work_budget::turn::~turn() = default;

void work_budget::turn::complete() {
    if (!piece_)
        return;
    piece_->owner.note(clock::now() - piece_->begun);
    piece_.reset();
}

asio::awaitable<work_budget::turn> work_budget::acquire(clock::time_point deadline,
                                                        semaphore::urgency urgency) {
    auto permit = co_await permits_.acquire(deadline, urgency);
    if (!permit)
        co_return turn();
    const auto executor = co_await asio::this_coro::executor;
    auto work = std::make_unique<turn::piece>(*this, std::move(permit), executor);
    work->watch(patience());
    co_return turn(std::move(work));
}

std::chrono::nanoseconds work_budget::patience() const {
    const mutex_lock lock(mutex_);
    return std::max<std::chrono::nanoseconds>(least_patience_, hang_factor * usual_.value());
}

bool work_budget::let_hang() {
    const mutex_lock lock(mutex_);
    if (hanging_ >= max_hanging_)
        return false;
    ++hanging_;
    return true;
}

void work_budget::end_hang() {
    const mutex_lock lock(mutex_);
    --hanging_;
}

void work_budget::note(std::chrono::nanoseconds duration) {
    const mutex_lock lock(mutex_);
    usual_.note(duration);
}

} // namespace docker_run
