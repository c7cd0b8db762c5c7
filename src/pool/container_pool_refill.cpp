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

/// One refill, from the decision to make it until it ends, however it ends. It counts on its shelf for that
/// time. A refill that hangs gives its place to another image.
struct container_pool::refill_reservation {
    container_pool& pool;
    std::shared_ptr<const resolved_image> image;
    shelf_key key;
    clock::time_point begun;
    std::uint64_t clearings = 0; ///< the pool's clearings_ when the launch began
    bool hangs = false;
    alarm_clock late;

    refill_reservation(container_pool& owner, const image_shelf& shelf)
        : pool(owner), image(shelf.image), key(container_pool::key(*shelf.image)), begun(owner.now_()) {}
    refill_reservation(const refill_reservation&) = delete;
    refill_reservation& operator=(const refill_reservation&) = delete;
    ~refill_reservation() {
        {
            const mutex_lock lock(pool.mutex_);
            --(hangs ? pool.hanging_ : pool.refilling_);
            if (const auto entry = pool.shelves_.find(key); entry != pool.shelves_.end()) {
                auto& shelf = entry->second;
                shelf.refilling -= std::min<std::size_t>(shelf.refilling, 1);
                shelf.hangs = shelf.hangs && !hangs;
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
            if (const auto entry = pool.shelves_.find(key); entry != pool.shelves_.end())
                entry->second.hangs = true;
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
    for (auto& reservation : reserve_first_refills()) {
        auto step = refill(reservation);
        co_await attempt(std::move(reservation), std::move(step)); // ends the reservation, or launch() does
    }
    co_await launches_.wait_until_finished(clock::time_point::max());
    const mutex_lock lock(mutex_);
    co_return !stopped_;
}

/// The caller must not destroy the reservation with the mutex held, because the destructor locks it.
container_pool::shared_reservation container_pool::reserve(image_shelf& shelf) {
    auto reservation = std::make_shared<refill_reservation>(*this, shelf);
    ++refilling_;
    ++shelf.refilling;
    return reservation;
}

/// Reserves a refill for each prewarmed image that has no container.
std::vector<container_pool::shared_reservation> container_pool::reserve_first_refills() {
    std::vector<shared_reservation> reservations;
    const mutex_lock lock(mutex_);
    reservations.reserve(shelves_.size());
    for (auto& [id, shelf] : shelves_)
        if (shelf.prewarmed && shelf.waiting.empty() && shelf.refilling == 0)
            reservations.push_back(reserve(shelf));
    return reservations;
}

/// Reserves the refills that are due and that may be in progress at the same time.
std::vector<container_pool::shared_reservation> container_pool::reserve_refills() {
    const auto now = now_();
    std::vector<shared_reservation> reservations;
    const mutex_lock lock(mutex_);
    if (stopped_)
        return reservations;
    const auto target = targets(now);
    std::vector<refill_need> needs;
    std::vector<image_shelf*> shelves;
    for (auto& [id, shelf] : shelves_) {
        needs.push_back({.present = shelf.waiting.size() + shelf.refilling,
                         .target = shelf.not_before <= now && !shelf.hangs ? target[needs.size()] : 0,
                         .idle_seconds = std::chrono::duration<double>(now - shelf.last_use).count()});
        shelves.push_back(&shelf);
    }
    const auto order = next_refills(std::move(needs), max_refills_ - std::min(refilling_, max_refills_));
    reservations.reserve(order.size());
    for (const auto number : order)
        reservations.push_back(reserve(*shelves[number]));
    return reservations;
}

/// Runs one step of a refill. A failure delays the next refill of the image.
asio::awaitable<void> container_pool::attempt(shared_reservation reservation, asio::awaitable<void> step) {
    try {
        co_await std::move(step);
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
        refill_failed(*reservation->image, error.what());
    }
}

/// Everything before the create call.
asio::awaitable<void> container_pool::refill(shared_reservation reservation) {
    reservation->begun = now_();
    auto ticket = co_await launcher_.admit_idle(clock::now() + refill_patience);
    if (!ticket.gate)
        co_return;
    const auto executor = co_await asio::this_coro::executor;
    reservation->late.set(executor, launcher_.patience(),
                          [&place = *reservation] { place.give_place_away(); });
    const auto& image = *reservation->image;
    const auto current = co_await images_.resolve(image.reference);
    if (have_same_containers(*current, image))
        begin_launch(std::move(ticket), current, reservation);
    else
        move_shelf(reservation->key, current);
}

void container_pool::begin_launch(launch_ticket ticket, const std::shared_ptr<const resolved_image>& image,
                                  const shared_reservation& reservation) {
    const mutex_lock lock(mutex_);
    if (stopped_)
        return;
    reservation->clearings = clearings_;
    launches_.spawn(attempt(reservation, launch(std::move(ticket), image, reservation)));
}

asio::awaitable<void> container_pool::launch(launch_ticket ticket,
                                             std::shared_ptr<const resolved_image> image,
                                             shared_reservation reservation) {
    auto box = co_await launcher_.launch(std::move(ticket), *image, {});
    // The name may now mean another image than the one whose VOLUMEs the container got. The engine may not
    // have sent an event for that change.
    const auto asked_since = box.is_made_from(image->id) ? image->asked_at : now_();
    const auto current = co_await images_.resolve(image->reference, asked_since);
    if (have_same_containers(*current, *image))
        add(*reservation, current, std::move(box));
    else
        move_shelf(reservation->key, current);
}

void container_pool::add(const refill_reservation& reservation,
                         const std::shared_ptr<const resolved_image>& image, container box) {
    const auto now = now_();
    const mutex_lock lock(mutex_);
    const auto entry = shelves_.find(reservation.key);
    if (stopped_ || reservation.clearings != clearings_ || entry == shelves_.end())
        return;
    auto& shelf = entry->second;
    shelf.image = image;
    shelf.failures = 0;
    shelf.refill_seconds = std::chrono::duration<double>(now - reservation.begun).count();
    const auto expires = now + waiting_time(settings_.max_age, counts_.hits + shelf.waiting.size());
    shelf.waiting.push_back({std::move(box), now, expires});
}

void container_pool::refill_failed(const resolved_image& image, const std::string& reason) {
    const mutex_lock lock(mutex_);
    const auto entry = shelves_.find(key(image));
    if (entry == shelves_.end())
        return;
    auto& shelf = entry->second;
    const auto wait =
        std::min<std::chrono::seconds>(longest_retry, 1s * (1 << std::min<std::size_t>(shelf.failures++, 6)));
    shelf.not_before = now_() + wait;
    log_.write(log_level::warning, "pool.refill.failed",
               {{"image", image.reference}, {"reason", reason}, {"retry_s", wait.count()}});
}

} // namespace docker_run
