#pragma once

#include "async/semaphore.hpp"
#include "container/reaper.hpp"
#include "container/uid_allocator.hpp"
#include "docker/attachment.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace docker_run {

/// One container of the daemon. The object exists before the container does, and is used for at most one run.
/// The destructor passes the container to the reaper, and closes the stream unless the container is expected
/// to end. Move-only.
class container {
  public:
    /// Construct it before the create call, because the container may exist as soon as that call is sent.
    /// `name` must be unique. `existence` is given back when the container has been removed.
    container(reaper& removals, std::string name, semaphore::permit existence, bool keep);
    container(container&& other) noexcept;
    container& operator=(container&&) = delete;
    ~container();

    const std::string& name() const noexcept { return job_.name; }
    /// The engine's id, empty before mark_created().
    const std::string& id() const noexcept { return id_; }

    /// Call it when the engine has created the container.
    void mark_created(std::string id);
    /// Call it when the engine has said which image the container was created from.
    void set_image(std::string id) { image_id_ = std::move(id); }
    /// Whether the engine has said that the container was created from the image with this id.
    bool is_made_from(const std::string& image_id) const {
        return !image_id.empty() && image_id_ == image_id;
    }
    /// Call it when the engine has refused to create the container. Nothing is removed then: the name may
    /// belong to another container.
    void mark_refused();

    /// Call it when the program has given its result. The container then gets `time` to end by itself
    /// before it is removed, see end_watch.
    void expect_end(std::chrono::milliseconds time) { job_.end_patience = time; }

    /// Its processes run as this user. No other container gets the user until this one is gone.
    void run_as(uid_allocator::lease uid) { job_.uid = std::move(uid); }

    /// The id of that user; 0 if the container has no user of its own.
    std::uint32_t uid() const noexcept { return job_.uid.uid(); }

    void attach(docker::attachment stream) { stream_.emplace(std::move(stream)); }
    /// Call it only after attach().
    docker::attachment& stream() { return *stream_; }
    /// Call it before any call to the engine about this container: such a call hangs while output waits in
    /// an open stream (Docker 20.10 and 29).
    void close_stream() noexcept { stream_.reset(); }

  private:
    void hand_over_stream() noexcept;

    reaper* reaper_; ///< null if moved from or refused
    removal_job job_;
    std::string id_;
    std::string image_id_;
    std::optional<docker::attachment> stream_;
};

} // namespace docker_run
