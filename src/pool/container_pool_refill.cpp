// Coroutines of container_pool that bring up waiting containers.

#include "async/alarm_clock.hpp"
#include "async/cancellation.hpp"
#include "pool/container_pool.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto refill_patience = 30s; ///< runs come first; a refill that waits longer starts over
constexpr auto longest_retry = 60s;   ///< after failed refills

} // namespace

/// One refill in progress. It counts on its shelf until it ends, however it ends. A refill that hangs gives
/// its place to another image.
struct container_pool::refill_mark {
    container_pool& pool;
    shelf_key of;
    clock::time_point begun;
    std::uint64_t clearings = 0; ///< the pool's clearings_ when the launch began
    bool hangs = false;
    alarm_clock late;

    refill_mark(container_pool& owner, shelf_key shelf)
        : pool(owner), of(std::move(shelf)), begun(clock::now()) {}
    refill_mark(const refill_mark&) = delete;
    refill_mark& operator=(const refill_mark&) = delete;
    ~refill_mark() {
        {
            const mutex_lock lock(pool.mutex_);
            --(hangs ? pool.hanging_ : pool.refilling_);
            if (const auto on = pool.shelves_.find(of); on != pool.shelves_.end()) {
                on->second.refilling -= std::min<std::size_t>(on->second.refilling, 1);
                on->second.hangs = on->second.hangs && !hangs;
            }
        }
        pool.wake();
    }

    void give_place_away() {
        {
            const mutex_lock lock(pool.mutex_);
            if (pool.hanging_ >= pool.max_refills_)
                return;
            hangs = true;
            ++pool.hanging_;
            --pool.refilling_;
            if (const auto on = pool.shelves_.find(of); on != pool.shelves_.end())
                on->second.hangs = true;
        }
        pool.wake();
    }
};

void container_pool::start() {
    if (settings_.enabled)
        tasks_.keep_running([this] { return maintain(); });
}

asio::awaitable<bool> container_pool::prewarm() {
    if (!settings_.enabled)
        co_return true;
    co_await recheck_listed();
    for (auto& of : cold_listed())
        co_await refill(of);
    co_await launches_.finished(clock::time_point::max());
    const mutex_lock lock(mutex_);
    co_return !stopped_;
}

std::vector<std::shared_ptr<const image>> container_pool::cold_listed() {
    std::vector<std::shared_ptr<const image>> found;
    const mutex_lock lock(mutex_);
    for (auto& [id, on] : shelves_) {
        if (!on.prewarmed || !on.waiting.empty() || on.refilling > 0)
            continue;
        ++refilling_;
        ++on.refilling;
        found.push_back(on.of);
    }
    return found;
}

/// Everything before the create call.
asio::awaitable<void> container_pool::refill(std::shared_ptr<const image> of) {
    const auto mark = std::make_shared<refill_mark>(*this, key(*of));
    try {
        auto ticket = co_await launcher_.admit(mark->begun + refill_patience, semaphore::urgency::normal);
        if (!ticket.gate)
            co_return;
        const auto executor = co_await asio::this_coro::executor;
        mark->late.set(executor, launcher_.patience(), [behind = mark.get()] { behind->give_place_away(); });
        const auto current = co_await images_.resolve(of->reference);
        if (have_same_containers(*current, *of))
            begin_launch(std::move(ticket), current, mark);
        else
            move_shelf(key(*of), current);
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
        refill_failed(*of, error.what());
    }
}

void container_pool::begin_launch(launch_ticket ticket, const std::shared_ptr<const image>& of,
                                  const std::shared_ptr<refill_mark>& mark) {
    const mutex_lock lock(mutex_);
    if (stopped_)
        return;
    mark->clearings = clearings_;
    launches_.spawn(launch(std::move(ticket), of, mark));
}

asio::awaitable<void> container_pool::launch(launch_ticket ticket, std::shared_ptr<const image> of,
                                             std::shared_ptr<refill_mark> mark) {
    try {
        auto made = co_await launcher_.launch(std::move(ticket), *of, {});
        const auto created = clock::now();
        // The name may now mean another image than the one whose VOLUMEs the container got. The engine may
        // not have sent an event for that change.
        const auto current = co_await images_.resolve(of->reference, created);
        if (have_same_containers(*current, *of))
            put(*mark, current, std::move(made));
        else
            move_shelf(key(*of), current);
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
        refill_failed(*of, error.what());
    }
}

void container_pool::put(const refill_mark& mark, const std::shared_ptr<const image>& of, container made) {
    const auto now = clock::now();
    const mutex_lock lock(mutex_);
    const auto found = shelves_.find(mark.of);
    if (stopped_ || mark.clearings != clearings_ || found == shelves_.end())
        return;
    auto& on = found->second;
    on.of = of;
    on.failures = 0;
    on.refill_seconds = std::chrono::duration<double>(now - mark.begun).count();
    const auto expires = now + waiting_time(settings_.max_age, counts_.hits + on.waiting.size());
    on.waiting.push_back({std::move(made), now, expires});
}

void container_pool::refill_failed(const image& of, const std::string& reason) {
    const mutex_lock lock(mutex_);
    const auto on = shelves_.find(key(of));
    if (on == shelves_.end())
        return;
    const auto wait = std::min<std::chrono::seconds>(
        longest_retry, 1s * (1 << std::min<std::size_t>(on->second.failures++, 6)));
    on->second.not_before = clock::now() + wait;
    log_.write(log_level::warning, "pool.refill.failed",
               {{"image", of.reference}, {"reason", reason}, {"retry_s", wait.count()}});
}

} // namespace docker_run
