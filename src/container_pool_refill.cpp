// How waiting containers come to be: the coroutines of container_pool.

#include "container_pool.hpp"
#include "docker/engine_error.hpp"
#include "launch_failure.hpp"

#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto refill_patience = 30s; ///< runs come first; a refill that waits longer starts over

} // namespace

/// One refill under way, counted on its shelf until the end, however it ends.
struct container_pool::refill_mark {
    container_pool& pool;
    shelf_key of;
    ~refill_mark() {
        {
            const std::lock_guard lock(pool.mutex_);
            --pool.refilling_;
            if (const auto on = pool.shelves_.find(of); on != pool.shelves_.end() && on->second.refilling > 0)
                --on->second.refilling;
        }
        pool.kick();
    }
};

void container_pool::start() {
    if (settings_.enabled)
        tasks_.spawn(tend());
}

asio::awaitable<void> container_pool::refill(std::shared_ptr<const image> of) {
    const refill_mark mark{*this, key(*of)};
    co_await bring_up(of);
}

asio::awaitable<void> container_pool::bring_up(std::shared_ptr<const image> of) {
    const auto begun = clock::now();
    try {
        auto ticket = co_await launcher_.admit(begun + refill_patience, semaphore::urgency::normal);
        if (!ticket.gate)
            co_return;
        // Under this number the reference still means what it says now; put() looks whether that changed
        // since.
        const auto generation = images_.generation();
        auto current = co_await images_.resolve(of->reference);
        if (key(*current) != key(*of)) {
            move_shelf(key(*of), current);
            co_return;
        }
        auto made = co_await launcher_.launch(std::move(ticket), *current, {});
        put(current, std::move(made), begun, generation);
    } catch (const docker::engine_error& error) {
        refill_failed(*of, error.what());
    }
}

void container_pool::refill_failed(const image& of, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    const auto on = shelves_.find(key(of));
    if (on == shelves_.end())
        return;
    const auto wait =
        std::min<std::chrono::seconds>(60s, 1s * (1 << std::min<std::size_t>(on->second.failures++, 6)));
    on->second.not_before = clock::now() + wait;
    log_.write(log_level::warning, "pool.refill.failed",
               {{"image", of.reference}, {"reason", reason}, {"retry_s", wait.count()}});
}

asio::awaitable<void> container_pool::prewarm() {
    if (!settings_.enabled)
        co_return;
    for (const auto& reference : settings_.prewarm)
        co_await warm_up(reference);
}

asio::awaitable<void> container_pool::warm_up(std::string reference) {
    std::string failure = "the engine has no such image";
    try {
        const auto found = co_await images_.resolve(reference);
        if (!found->options)
            failure = image_not_allowed(reference).message;
        else if (!found->id.empty()) {
            {
                const std::lock_guard lock(mutex_);
                auto& on = shelves_[key(*found)];
                on.of = found;
                on.prewarmed = true;
                on.last_use = clock::now();
            }
            co_await bring_up(found);
            co_return;
        }
    } catch (const docker::engine_error& error) {
        failure = error.what();
    }
    log_.write(log_level::warning, "pool.prewarm.failed", {{"image", reference}, {"reason", failure}});
}

void container_pool::images_changed() {
    tasks_.spawn(recheck());
}

asio::awaitable<void> container_pool::recheck() {
    std::vector<std::shared_ptr<const image>> held;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, on] : shelves_)
            held.push_back(on.of);
    }
    for (const auto& old : held) {
        try {
            const auto current = co_await images_.resolve(old->reference);
            if (key(*current) != key(*old))
                move_shelf(key(*old), current);
        } catch (const docker::engine_error& error) {
            // Runs are safe all the same: they resolve for themselves and find no container under another id.
            log_.write(log_level::warning, "pool.recheck.failed",
                       {{"image", old->reference}, {"reason", error.what()}});
        }
    }
    kick();
}

void container_pool::move_shelf(const shelf_key& from, const std::shared_ptr<const image>& to) {
    containers outdated;
    const std::lock_guard lock(mutex_);
    const auto found = shelves_.find(from);
    if (found == shelves_.end())
        return;
    outdated.splice(outdated.end(), found->second.waiting);
    auto moved = std::move(found->second);
    shelves_.erase(found);
    if (to->id.empty() || !to->options)
        return;
    auto& on = shelves_[key(*to)];
    on.prewarmed = on.prewarmed || moved.prewarmed;
    if (!on.of) {
        on.arrivals = moved.arrivals;
        on.last_use = moved.last_use;
    }
    on.of = to;
}

} // namespace docker_run
