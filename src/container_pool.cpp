#include "container_pool.hpp"

#include "log_exception.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto tick = 1s; ///< how exactly ages are kept while something waits
/// An entrypoint that does not wait for its stdin ends at once; what ends later had another reason.
constexpr auto young = 10s;
constexpr std::size_t tolerated_spoils = 1;
constexpr auto first_penalty = 1s;
constexpr auto longest_penalty = 600s;

/// Spreads the ages, so that containers which were born together do not expire together.
std::chrono::steady_clock::duration staggered(std::chrono::seconds max_age, std::size_t number) {
    const auto fifth = std::chrono::duration_cast<std::chrono::milliseconds>(max_age) / 5;
    return max_age - fifth + (number % 8) * fifth / 4;
}

std::chrono::seconds penalty(std::size_t times) {
    return std::min<std::chrono::seconds>(longest_penalty,
                                          first_penalty * (1 << std::min<std::size_t>(times, 10)));
}

} // namespace

container_pool::container_pool(pool_settings settings, std::size_t refills, asio::any_io_executor executor,
                               launcher& launches, image_catalogue& images, const logger& log)
    : settings_(std::move(settings)), max_refills_(refills), launcher_(launches), images_(images), log_(log),
      tasks_(std::move(executor), log_exceptions(log, "pool")) {}

std::optional<container> container_pool::take(const std::shared_ptr<const image>& of) {
    if (!settings_.enabled || of->id.empty())
        return std::nullopt;
    const auto now = clock::now();
    containers spoiled;
    std::optional<container> taken;
    bool others_wait = false;
    {
        const std::lock_guard lock(mutex_);
        auto& on = shelves_[key(*of)];
        on.of = of;
        on.last_use = now;
        on.arrivals.note(now, on.refill_seconds);
        while (!taken && !on.waiting.empty()) {
            if (on.waiting.front().held.stream().is_quiet()) {
                taken.emplace(std::move(on.waiting.front().held));
                on.spoiled = 0;
                on.waiting.pop_front();
            } else {
                spoil(on, on.waiting.front().born);
                spoiled.splice(spoiled.end(), on.waiting, on.waiting.begin());
            }
        }
        ++(taken ? counts_.hits : counts_.misses);
        others_wait = !on.waiting.empty();
    }
    // A refill takes a CPU from the program that begins now; while others wait it can come behind the run.
    if (!others_wait)
        kick();
    return taken;
}

void container_pool::put(const std::shared_ptr<const image>& of, container made, clock::time_point begun,
                         std::uint64_t generation) {
    const auto now = clock::now();
    const std::lock_guard lock(mutex_);
    if (stopped_ || generation != images_.generation())
        return;
    auto& on = shelves_[key(*of)];
    if (!on.of)
        on.last_use = now;
    on.of = of;
    on.failures = 0;
    on.refill_seconds = std::chrono::duration<double>(now - begun).count();
    const auto expires = now + staggered(settings_.max_age, counts_.hits + on.waiting.size());
    on.waiting.push_back({std::move(made), now, expires});
}

void container_pool::spoil(shelf& on, clock::time_point born) {
    const auto now = clock::now();
    ++counts_.died;
    if (now - born > young || ++on.spoiled <= tolerated_spoils)
        return;
    on.not_before = now + penalty(on.spoiled);
    log_.write(log_level::warning, "pool.image.does_not_wait",
               {{"image", on.of->reference}, {"retry_s", penalty(on.spoiled).count()}});
}

void container_pool::clear() {
    containers cleared;
    const std::lock_guard lock(mutex_);
    for (auto& [id, on] : shelves_)
        cleared.splice(cleared.end(), on.waiting);
}

void container_pool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    clear();
    kick();
}

asio::awaitable<void> container_pool::stopped(clock::time_point deadline) {
    // Not cancelled at once: a create that is cut off may still be carried out, one that ends can be removed.
    const bool ended = co_await tasks_.finished(deadline);
    if (!ended)
        tasks_.cancel();
}

pool_counts container_pool::counts() const {
    const std::lock_guard lock(mutex_);
    auto counts = counts_;
    counts.refilling = refilling_;
    for (const auto& [id, on] : shelves_)
        counts.waiting += on.waiting.size();
    return counts;
}

std::vector<std::size_t> container_pool::shares(clock::time_point now) const {
    const auto seconds_since = [now](clock::time_point then) {
        return std::chrono::duration<double>(now - then).count();
    };
    std::vector<image_demand> demands;
    demands.reserve(shelves_.size());
    for (const auto& [id, on] : shelves_)
        demands.push_back({.arrivals_per_second = on.arrivals.rate(now),
                           .peak = on.arrivals.peak(now),
                           .refill_seconds = on.refill_seconds,
                           .idle_seconds = seconds_since(on.last_use),
                           .prewarmed = on.prewarmed,
                           .idle_memory = on.of->idle_memory});
    return share_out(demands, {.per_image = settings_.max_per_image,
                               .total = settings_.max_total,
                               .memory = settings_.memory_budget,
                               .idle_seconds = std::chrono::duration<double>(settings_.idle_time).count()});
}

container_pool::containers container_pool::trim() {
    const auto now = clock::now();
    containers dropped;
    const std::lock_guard lock(mutex_);
    const auto keep = shares(now);
    std::size_t number = 0;
    for (auto& [id, on] : shelves_) {
        for (auto each = on.waiting.begin(); each != on.waiting.end();) {
            const auto next = std::next(each);
            const bool quiet = each->held.stream().is_quiet();
            if (!quiet)
                spoil(on, each->born);
            if (!quiet || each->expires <= now || on.waiting.size() > keep[number])
                dropped.splice(dropped.end(), on.waiting, each);
            each = next;
        }
        ++number;
    }
    std::erase_if(shelves_, [&](const auto& entry) {
        const auto& on = entry.second;
        return on.waiting.empty() && on.refilling == 0 && !on.prewarmed &&
               now - on.last_use > settings_.idle_time;
    });
    return dropped;
}

std::vector<std::shared_ptr<const image>> container_pool::missing() {
    const auto now = clock::now();
    std::vector<std::shared_ptr<const image>> found;
    const std::lock_guard lock(mutex_);
    if (stopped_)
        return found;
    const auto keep = shares(now);
    std::size_t number = 0;
    for (auto& [id, on] : shelves_) {
        const auto target = keep[number++];
        while (refilling_ < max_refills_ && on.not_before <= now &&
               on.waiting.size() + on.refilling < target) {
            ++refilling_;
            ++on.refilling;
            found.push_back(on.of);
        }
    }
    return found;
}

void container_pool::kick() const {
    const std::lock_guard lock(mutex_);
    if (wake_)
        asio::post(wake_->get_executor(), [timer = wake_] { timer->cancel(); });
}

asio::awaitable<void> container_pool::tend() {
    const auto executor = co_await asio::this_coro::executor;
    const auto timer = std::make_shared<asio::steady_timer>(executor);
    {
        const std::lock_guard lock(mutex_);
        wake_ = timer;
    }
    for (;;) {
        trim();
        for (auto& of : missing())
            tasks_.spawn(refill(std::move(of)));
        {
            const std::lock_guard lock(mutex_);
            if (stopped_)
                co_return;
            timer->expires_at(shelves_.empty() ? clock::time_point::max() : clock::now() + tick);
        }
        boost::system::error_code woken;
        co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

} // namespace docker_run
