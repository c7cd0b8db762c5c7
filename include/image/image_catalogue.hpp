#pragma once

#include "docker/engine.hpp"
#include "image/image_policy.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace docker_run {

/// What a run has to know about an image before it creates a container of it.
struct image {
    std::string reference; ///< as the caller wrote it
    std::string id;        ///< empty: the engine does not know the image
    /// What the engine calls it: the tag that the reference means, else the first tag or digest, else the id.
    std::string name;
    std::vector<std::string> tags;    ///< docker::image_details::repository_tags
    std::vector<std::string> digests; ///< docker::image_details::repository_digests
    std::vector<std::string> volumes; ///< its VOLUMEs
    std::int64_t idle_memory = 0;     ///< bytes that a waiting container of it costs
    image_policy::options options;    ///< what its containers get; null: the policy refuses the image
    bool starts_code_runner = false;  ///< its entrypoint is called so, or the daemon mounts ours
    bool has_runner = false;          ///< and it is a runner that filters system calls and takes any user
    bool by_content = false;          ///< refused if the reference means another id by now
    std::chrono::steady_clock::time_point asked{}; ///< when the engine was asked for all this
};

/// Whether their containers are the same to a run.
bool have_same_containers(const image& a, const image& b);

/// Which image a reference means now, and what the policy grants it. What the engine said is remembered while
/// its events arrive, that is while trust(true) holds; otherwise each look-up asks. Engines do not tell of
/// every change (moby#45404), so whoever relies on what is remembered asks anew every now and then.
/// Thread-safe.
class image_catalogue {
  public:
    image_catalogue(docker::engine& engine, image_policy policy);

    /// What the engine was asked for before `asked_since` does not count: it is asked again, and what it says
    /// is remembered instead. Throws docker::engine_error; the engine is not asked for an image that the
    /// policy refuses by its name. `reference` must have passed the strict grammar.
    boost::asio::awaitable<std::shared_ptr<const image>>
    resolve(std::string reference,
            std::chrono::steady_clock::time_point asked_since = std::chrono::steady_clock::time_point::min());

    /// The operator has a new policy: it holds from now on, and everything is forgotten.
    void apply(image_policy policy);
    /// Some image has changed: forget everything.
    void invalidate();
    /// Whether events arrive. Each change forgets everything.
    void trust(bool events_arrive);

  private:
    void forget(); ///< with the mutex held
    void remember(const std::shared_ptr<const image>& found, std::uint64_t generation);

    docker::engine& engine_;
    mutable std::mutex mutex_;
    std::shared_ptr<const image_policy> policy_;
    bool trusted_ = false;
    std::uint64_t generation_ = 0; ///< grows with each forget(): what was found out before may be old
    std::map<std::string, std::shared_ptr<const image>> known_;
};

} // namespace docker_run
