#include "pool/container_pool.hpp"

#include "log/log_exception.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto tick = 1s; ///< interval between checks of the waiting containers
/// An entrypoint that does not wait for its stdin ends at once. A container that ends later has another
/// reason.
constexpr auto young = 10s;
constexpr std::size_t tolerated_spoils = 1;
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
                               image_catalogue& images, const logger& log)
    : settings_(std::move(settings)), max_refills_(refills), launcher_(launches), images_(images), log_(log),
      tasks_(executor, log_exceptions(log, "pool")), launches_(executor, log_exceptions(log, "pool")) {}

std::optional<container> container_pool::take(const std::shared_ptr<const image>& of) {
    if (!settings_.enabled || of->id.empty())
        return std::nullopt;
    const auto now = clock::now();
    containers spoiled;
    std::optional<container> taken;
    bool others_wait = false;
    {
        const mutex_lock lock(mutex_);
        auto& on = shelves_[key(*of)];
        on.of = of;
        on.last_use = now;
        on.arrivals.note(now, on.refill_seconds);
        while (!taken && !on.waiting.empty()) {
            if (on.waiting.front().held.stream().is_waiting()) {
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
    // A refill takes CPU time from the program that starts now. If other containers wait, the refill can
    // follow after the run.
    if (!others_wait)
        wake();
    return taken;
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
    const mutex_lock lock(mutex_);
    ++clearings_;
    for (auto& [id, on] : shelves_)
        cleared.splice(cleared.end(), on.waiting);
}

void container_pool::stop() {
    {
        const mutex_lock lock(mutex_);
        stopped_ = true;
    }
    tasks_.cancel();
    clear();
}

asio::awaitable<void> container_pool::stopped(clock::time_point deadline) {
    // Do not cancel at once: the engine may still carry out a create call that is cut off. If the call ends,
    // its container can be removed.
    const bool ended = co_await launches_.finished(deadline);
    if (ended)
        co_return;
    launches_.cancel();
    co_await launches_.finished(clock::now() + cut_off_time);
}

void container_pool::cancel() {
    tasks_.cancel();
    launches_.cancel();
}

pool_counts container_pool::counts() const {
    const mutex_lock lock(mutex_);
    auto counts = counts_;
    counts.refilling = refilling_ + hanging_;
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
    const mutex_lock lock(mutex_);
    const auto keep = shares(now);
    std::size_t number = 0;
    for (auto& [id, on] : shelves_) {
        for (auto each = on.waiting.begin(); each != on.waiting.end();) {
            const auto next = std::next(each);
            const bool quiet = each->held.stream().is_waiting();
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
    const mutex_lock lock(mutex_);
    if (stopped_)
        return found;
    const auto keep = shares(now);
    std::vector<refill_need> needs;
    std::vector<shelf*> shelves;
    for (auto& [id, on] : shelves_) {
        needs.push_back({.present = on.waiting.size() + on.refilling,
                         .wanted = on.not_before <= now && !on.hangs ? keep[needs.size()] : 0,
                         .idle_seconds = std::chrono::duration<double>(now - on.last_use).count()});
        shelves.push_back(&on);
    }
    for (const auto next :
         next_refills(std::move(needs), max_refills_ - std::min(refilling_, max_refills_))) {
        ++refilling_;
        ++shelves[next]->refilling;
        found.push_back(shelves[next]->of);
    }
    return found;
}

void container_pool::wake() const {
    const mutex_lock lock(mutex_);
    if (wake_)
        asio::post(wake_->get_executor(), [timer = wake_] { timer->cancel(); });
}

asio::awaitable<void> container_pool::maintain() {
    const auto executor = co_await asio::this_coro::executor;
    const auto timer = std::make_shared<asio::steady_timer>(executor);
    {
        const mutex_lock lock(mutex_);
        wake_ = timer;
    }
    for (auto next_look = clock::now() + tick;;) {
        trim();
        for (auto& of : missing())
            tasks_.spawn(refill(std::move(of)));
        if (clock::now() >= next_look) {
            images_changed(); // they may have: engines do not report every change
            next_look = clock::now() + tick;
        }
        {
            const mutex_lock lock(mutex_);
            if (stopped_)
                co_return;
            const bool is_idle = shelves_.empty() && settings_.prewarm.empty();
            timer->expires_at(is_idle ? clock::time_point::max() : next_look);
        }
        boost::system::error_code woken;
        co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

} // namespace docker_run
