#pragma once

#include "async/mutex.hpp"
#include "async/time_source.hpp"
#include "docker/engine.hpp"
#include "image/image_policy.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace docker_run {

/// The data about an image that a run needs before it creates a container of it.
struct resolved_image {
    std::string reference; ///< as the caller wrote it
    std::string id;        ///< empty: the engine does not know the image
    /// Its name at the engine: the tag that the reference names, otherwise the first tag or digest, otherwise
    /// the id.
    std::string name;
    std::vector<std::string> tags;    ///< docker::image_details::repository_tags
    std::vector<std::string> digests; ///< docker::image_details::repository_digests
    std::vector<std::string> volumes; ///< its VOLUMEs
    std::int64_t idle_memory = 0;     ///< memory of a waiting container, in bytes
    image_policy::options options;    ///< options of its containers; null: the policy refuses the image
    bool starts_code_runner = false;  ///< its entrypoint has this name, or the daemon mounts ours
    bool has_runner = false;          ///< and it filters system calls and runs as any user
    bool speaks_frames = false;       ///< and it speaks protocol 2 (code_runner/protocol.hpp)
    bool by_content = false;          ///< granted for this id only
    std::chrono::steady_clock::time_point asked_at{}; ///< when the engine was asked for this data
};

/// Whether a run may use a container of either image.
bool have_same_containers(const resolved_image& a, const resolved_image& b);

/// Finds the image that a reference names now, and the options that the policy grants it. Lookups are cached
/// while the engine's event stream is connected, that is while set_events_connected(true) holds; without it
/// every lookup asks the engine. Engines do not report every change (moby#45404), so callers that use cached
/// data must ask again from time to time. Thread-safe.
class image_catalogue {
  public:
    /// `now`: the time for `resolved_image::asked_at`.
    image_catalogue(docker::engine& engine, image_policy policy,
                    time_source now = std::chrono::steady_clock::now);

    /// Cached data from before `asked_since` is not used: the engine is asked again and the new data is
    /// cached. Throws docker::engine_error. The engine is not asked for an image that the policy refuses by
    /// its name. `reference` must have passed the strict grammar.
    boost::asio::awaitable<std::shared_ptr<const resolved_image>>
    resolve(std::string reference,
            std::chrono::steady_clock::time_point asked_since = std::chrono::steady_clock::time_point::min());

    /// Replaces the policy and clears the cache.
    void apply(image_policy policy);
    /// Clears the cache. Call it when an image has changed.
    void invalidate();
    /// Sets whether the engine's events arrive. Clears the cache.
    void set_events_connected(bool connected);

  private:
    void forget() REQUIRES(mutex_);
    void remember(const std::shared_ptr<const resolved_image>& image, std::uint64_t generation);

    docker::engine& engine_;
    time_source now_;
    mutable mutex mutex_;
    std::shared_ptr<const image_policy> policy_ GUARDED_BY(mutex_);
    bool events_connected_ GUARDED_BY(mutex_) = false;
    std::uint64_t
        generation_ GUARDED_BY(mutex_) = 0; ///< grows with each forget(); older data may be outdated
    std::map<std::string, std::shared_ptr<const resolved_image>> known_ GUARDED_BY(mutex_);
};

} // namespace docker_run
