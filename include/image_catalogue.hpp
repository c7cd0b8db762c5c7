#pragma once

#include "docker/engine.hpp"
#include "image_policy.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace docker_run {

/// What a run has to know about an image before it creates a container of it.
struct image {
    std::string reference;            ///< as the caller wrote it
    std::string id;                   ///< empty: the engine does not know the image
    std::vector<std::string> volumes; ///< its VOLUMEs
    std::int64_t idle_memory = 0;     ///< bytes that a waiting container of it costs
    image_policy::options options;    ///< what its containers get; null: the policy refuses the image
    bool by_content = false;          ///< refused if the reference means another id by now
};

/// Which image a reference means now, and what the policy grants it. What the engine said is remembered as
/// long as its events would tell of a change, that is while trust(true) holds; otherwise each look-up asks.
/// Thread-safe.
class image_catalogue {
  public:
    image_catalogue(docker::engine& engine, image_policy policy);

    /// Throws docker::engine_error; the engine is not asked for an image that the policy refuses by its name.
    /// `reference` must have passed the strict grammar.
    boost::asio::awaitable<std::shared_ptr<const image>> resolve(std::string reference);

    /// The operator has a new policy: it holds from now on, and everything is forgotten.
    void apply(image_policy policy);
    /// Some image has changed: forget everything.
    void invalidate();
    /// Whether events arrive. Each change forgets everything.
    void trust(bool events_arrive);
    /// Grows with each invalidation: what was found out under another number may be old.
    std::uint64_t generation() const;

  private:
    docker::engine& engine_;
    mutable std::mutex mutex_;
    std::shared_ptr<const image_policy> policy_;
    bool trusted_ = false;
    std::uint64_t generation_ = 0;
    std::map<std::string, std::shared_ptr<const image>> known_;
};

} // namespace docker_run
