// Coroutines of container_pool that notice when the name of an image means another image.

#include "async/cancellation.hpp"
#include "pool/container_pool.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Maximum age of a cached engine response. Together with the pool's tick of one second, a change without an
/// event is noticed after about two seconds. A look-up takes the engine 0.7 ms.
constexpr auto remembered_for = 1500ms;

} // namespace

void container_pool::images_changed() {
    {
        const mutex_lock lock(mutex_);
        recheck_due_ = true;
        if (std::exchange(rechecking_, true))
            return;
    }
    tasks_.spawn(recheck());
}

asio::awaitable<void> container_pool::recheck() {
    while (recheck_is_due()) {
        try {
            co_await recheck_listed();
            co_await recheck_waiting();
            wake();
        } catch (const std::exception& error) {
            if (is_cancellation(error))
                throw;
            log_.write(log_level::error, "internal", {{"part", "pool"}, {"reason", error.what()}});
        }
    }
}

bool container_pool::recheck_is_due() {
    const mutex_lock lock(mutex_);
    rechecking_ = std::exchange(recheck_due_, false);
    return rechecking_;
}

asio::awaitable<void> container_pool::recheck_waiting() {
    for (const auto& old : images_waiting()) {
        std::string failure;
        try {
            const auto asked_since = clock::now() - remembered_for;
            const auto current = co_await images_.resolve(old->reference, asked_since);
            if (!have_same_containers(*current, *old))
                move_shelf(key(*old), current);
        } catch (const std::exception& error) {
            if (is_cancellation(error))
                throw;
            failure = error.what();
        }
        note_recheck(*old, failure);
    }
}

std::vector<std::shared_ptr<const image>> container_pool::images_waiting() const {
    std::vector<std::shared_ptr<const image>> found;
    const mutex_lock lock(mutex_);
    for (const auto& [id, on] : shelves_)
        if (!on.waiting.empty() || on.prewarmed)
            found.push_back(on.of);
    return found;
}

/// Logs a failure once, however long it lasts.
void container_pool::note_recheck(const image& of, const std::string& failure) {
    const mutex_lock lock(mutex_);
    const auto on = shelves_.find(key(of));
    if (on == shelves_.end())
        return;
    if (!std::exchange(on->second.is_unsure, !failure.empty()) && !failure.empty())
        log_.write(log_level::warning, "pool.recheck.failed", {{"image", of.reference}, {"reason", failure}});
}

void container_pool::move_shelf(const shelf_key& from, const std::shared_ptr<const image>& to) {
    containers outdated;
    const mutex_lock lock(mutex_);
    const auto found = shelves_.find(from);
    if (found == shelves_.end())
        return;
    outdated.splice(outdated.end(), found->second.waiting);
    auto moved = std::move(found->second);
    shelves_.erase(found);
    if (from.first != to->id)
        log_.write(log_level::info, "pool.image.changed", {{"image", to->reference}, {"image_id", to->id}});
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

asio::awaitable<void> container_pool::recheck_listed() {
    for (const auto& reference : settings_.prewarm) {
        std::string failure;
        try {
            const auto asked_since = clock::now() - remembered_for;
            const auto found = co_await images_.resolve(reference, asked_since);
            failure = keep_listed(reference, found);
        } catch (const std::exception& error) {
            if (is_cancellation(error))
                throw;
            failure = error.what();
        }
        note_listed(reference, failure);
    }
}

/// Keeps one container of `found` up, and no longer one of the image that the reference meant before. Returns
/// the reason if that is impossible, else an empty string.
std::string container_pool::keep_listed(const std::string& reference,
                                        const std::shared_ptr<const image>& found) {
    const mutex_lock lock(mutex_);
    std::string failure;
    listed_.erase(reference);
    if (!found->options)
        failure = "the policy does not allow it";
    else if (found->id.empty())
        failure = "the engine has no such image";
    else
        listed_.emplace(reference, key(*found));
    if (failure.empty()) {
        auto& on = shelves_[key(*found)];
        if (!on.of) {
            on.of = found;
            on.last_use = clock::now();
        }
    }
    for (auto& [which, on] : shelves_)
        on.prewarmed =
            std::ranges::any_of(listed_, [&](const auto& listed) { return listed.second == which; });
    return failure;
}

/// Logs a failure once, however long it lasts.
void container_pool::note_listed(const std::string& reference, const std::string& failure) {
    const mutex_lock lock(mutex_);
    if (failure.empty())
        unavailable_.erase(reference);
    else if (unavailable_.insert(reference).second)
        log_.write(log_level::warning, "pool.prewarm.failed", {{"image", reference}, {"reason", failure}});
}

} // namespace docker_run
