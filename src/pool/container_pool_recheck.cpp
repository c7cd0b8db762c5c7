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
constexpr auto longest_memory = 1500ms;

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
            const auto asked_since = now_() - longest_memory;
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

std::vector<std::shared_ptr<const resolved_image>> container_pool::images_waiting() const {
    std::vector<std::shared_ptr<const resolved_image>> images;
    const mutex_lock lock(mutex_);
    for (const auto& [id, shelf] : shelves_)
        if (!shelf.waiting.empty() || shelf.prewarmed)
            images.push_back(shelf.image);
    return images;
}

/// Logs a failure once, however long it lasts.
void container_pool::note_recheck(const resolved_image& image, const std::string& failure) {
    const mutex_lock lock(mutex_);
    const auto entry = shelves_.find(key(image));
    if (entry == shelves_.end())
        return;
    if (!std::exchange(entry->second.is_unsure, !failure.empty()) && !failure.empty())
        log_.write(log_level::warning, "pool.recheck.failed",
                   {{"image", image.reference}, {"reason", failure}});
}

void container_pool::move_shelf(const shelf_key& old_key,
                                const std::shared_ptr<const resolved_image>& image) {
    containers discarded;
    const mutex_lock lock(mutex_);
    const auto entry = shelves_.find(old_key);
    if (entry == shelves_.end())
        return;
    discarded.splice(discarded.end(), entry->second.waiting);
    const auto old_shelf = std::move(entry->second);
    shelves_.erase(entry);
    if (old_key.first != image->id)
        log_.write(log_level::info, "pool.image.changed",
                   {{"image", image->reference}, {"image_id", image->id}});
    if (image->id.empty() || !image->options)
        return;
    auto& shelf = shelves_[key(*image)];
    shelf.prewarmed = shelf.prewarmed || old_shelf.prewarmed;
    if (!shelf.image) {
        shelf.arrivals = old_shelf.arrivals;
        shelf.last_use = old_shelf.last_use;
    }
    shelf.image = image;
}

asio::awaitable<void> container_pool::recheck_listed() {
    for (const auto& reference : settings_.prewarm) {
        std::string failure;
        try {
            const auto asked_since = now_() - longest_memory;
            const auto image = co_await images_.resolve(reference, asked_since);
            failure = keep_listed(reference, image);
        } catch (const std::exception& error) {
            if (is_cancellation(error))
                throw;
            failure = error.what();
        }
        note_listed(reference, failure);
    }
}

/// Keeps one container of `image` up, and no longer one of the image that the reference meant before. Returns
/// the reason if that is impossible, else an empty string.
std::string container_pool::keep_listed(const std::string& reference,
                                        const std::shared_ptr<const resolved_image>& image) {
    const mutex_lock lock(mutex_);
    std::string failure;
    listed_.erase(reference);
    if (!image->options)
        failure = "the policy does not allow it";
    else if (image->id.empty())
        failure = "the engine has no such image";
    else
        listed_.emplace(reference, key(*image));
    if (failure.empty()) {
        auto& shelf = shelves_[key(*image)];
        if (!shelf.image) {
            shelf.image = image;
            shelf.last_use = now_();
        }
    }
    for (auto& [key, shelf] : shelves_)
        shelf.prewarmed =
            std::ranges::any_of(listed_, [&](const auto& listed) { return listed.second == key; });
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
