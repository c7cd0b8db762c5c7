#include "pool/container_pool.hpp"

#include "log/log_exception.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto tick = 1s; ///< interval between checks of the waiting containers
/// An entrypoint that does not wait for its stdin ends at once. A container that ends later has another
/// reason.
constexpr auto early_death_age = 10s;
constexpr std::size_t tolerated_early_deaths = 1;
constexpr auto first_penalty = 1s;
constexpr auto longest_penalty = 600s;
constexpr auto cut_off_time = 1s; ///< time for a cancelled coroutine to end; nothing blocks it any more

std::chrono::seconds penalty(std::size_t times) {
    return std::min<std::chrono::seconds>(longest_penalty,
                                          first_penalty * (1 << std::min<std::size_t>(times, 10)));
}

} // namespace

container_pool::container_pool(pool_settings settings, std::size_t refills,
                               const asio::any_io_executor& executor, launcher& launches,
                               image_catalogue& images, const logger& log, time_source now)
    : settings_(std::move(settings)), max_refills_(refills), launcher_(launches), images_(images), log_(log),
      now_(std::move(now)), tasks_(executor, log_exceptions(log, "pool")),
      launches_(executor, log_exceptions(log, "pool")) {}

std::optional<container> container_pool::take(const std::shared_ptr<const resolved_image>& image) {
    if (!settings_.enabled || image->id.empty())
        return std::nullopt;
    const auto now = now_();
    containers discarded;
    std::optional<container> taken;
    bool others_wait = false;
    {
        const mutex_lock lock(mutex_);
        auto& shelf = shelves_[key(*image)];
        shelf.image = image;
        shelf.last_use = now;
        shelf.arrivals.note(now, shelf.refill_seconds);
        while (!taken && !shelf.waiting.empty()) {
            const auto oldest = shelf.waiting.begin();
            if (oldest->box.stream().is_waiting()) {
                taken.emplace(std::move(oldest->box));
                shelf.early_deaths = 0;
                shelf.waiting.pop_front();
            } else {
                discard_dead(shelf, oldest, discarded);
            }
        }
        ++(taken ? counts_.hits : counts_.misses);
        others_wait = !shelf.waiting.empty();
    }
    // A refill takes CPU time from the program that starts now. If other containers wait, the refill can
    // follow after the run.
    if (!others_wait)
        wake();
    return taken;
}

void container_pool::discard_dead(image_shelf& shelf, containers::iterator dead, containers& discarded) {
    const auto now = now_();
    const auto age = now - dead->born;
    discarded.splice(discarded.end(), shelf.waiting, dead);
    ++counts_.died;
    if (age > early_death_age || ++shelf.early_deaths <= tolerated_early_deaths)
        return;
    shelf.not_before = now + penalty(shelf.early_deaths);
    log_.write(log_level::warning, "pool.image.does_not_wait",
               {{"image", shelf.image->reference}, {"retry_s", penalty(shelf.early_deaths).count()}});
}

void container_pool::clear() {
    containers discarded;
    const mutex_lock lock(mutex_);
    ++clearings_;
    for (auto& [id, shelf] : shelves_)
        discarded.splice(discarded.end(), shelf.waiting);
}

void container_pool::stop() {
    {
        const mutex_lock lock(mutex_);
        stopped_ = true;
    }
    tasks_.cancel();
    clear();
}

asio::awaitable<void> container_pool::wait_until_stopped(clock::time_point deadline) {
    // Do not cancel at once: the engine may still carry out a create call that is cut off. If the call ends,
    // its container can be removed.
    const bool ended = co_await launches_.wait_until_finished(deadline);
    if (ended)
        co_return;
    launches_.cancel();
    co_await launches_.wait_until_finished(clock::now() + cut_off_time);
}

void container_pool::cancel() {
    tasks_.cancel();
    launches_.cancel();
}

pool_counts container_pool::counts() const {
    const mutex_lock lock(mutex_);
    auto counts = counts_;
    counts.refilling = refilling_ + hanging_;
    for (const auto& [id, shelf] : shelves_)
        counts.waiting += shelf.waiting.size();
    return counts;
}

std::vector<std::size_t> container_pool::targets(clock::time_point now) const {
    const auto seconds_since = [now](clock::time_point time) {
        return std::chrono::duration<double>(now - time).count();
    };
    std::vector<image_demand> demands;
    demands.reserve(shelves_.size());
    for (const auto& [id, shelf] : shelves_)
        demands.push_back({.arrivals_per_second = shelf.arrivals.rate(now),
                           .peak = shelf.arrivals.peak(now),
                           .refill_seconds = shelf.refill_seconds,
                           .idle_seconds = seconds_since(shelf.last_use),
                           .prewarmed = shelf.prewarmed,
                           .idle_memory = shelf.image->idle_memory});
    return share_out(demands, {.per_image = settings_.max_per_image,
                               .total = settings_.max_total,
                               .memory = settings_.memory_budget,
                               .idle_seconds = std::chrono::duration<double>(settings_.idle_time).count()});
}

container_pool::containers container_pool::trim() {
    const auto now = now_();
    containers discarded;
    const mutex_lock lock(mutex_);
    const auto target = targets(now);
    std::size_t number = 0;
    for (auto& [id, shelf] : shelves_) {
        for (auto each = shelf.waiting.begin(); each != shelf.waiting.end();) {
            const auto next = std::next(each);
            if (!each->box.stream().is_waiting())
                discard_dead(shelf, each, discarded);
            else if (each->expires <= now || shelf.waiting.size() > target[number])
                discarded.splice(discarded.end(), shelf.waiting, each);
            each = next;
        }
        ++number;
    }
    std::erase_if(shelves_, [&](const auto& entry) {
        const auto& shelf = entry.second;
        return shelf.waiting.empty() && shelf.refilling == 0 && !shelf.prewarmed &&
               now - shelf.last_use > settings_.idle_time;
    });
    return discarded;
}

asio::awaitable<void> container_pool::maintain() {
    for (auto next_look = clock::now() + tick;;) {
        work_.reset(); // before the look: what comes during the look leads to another one
        trim();
        for (const auto& reservation : reserve_refills())
            tasks_.spawn(attempt(reservation, refill(reservation)));
        if (clock::now() >= next_look) {
            images_changed(); // they may have: engines do not report every change
            next_look = clock::now() + tick;
        }
        auto deadline = next_look;
        {
            const mutex_lock lock(mutex_);
            if (stopped_)
                co_return;
            if (shelves_.empty() && settings_.prewarm.empty())
                deadline = clock::time_point::max();
        }
        co_await work_.wait(deadline);
    }
}

} // namespace docker_run
