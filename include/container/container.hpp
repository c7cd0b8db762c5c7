#pragma once

#include "async/semaphore.hpp"
#include "container/reaper.hpp"
#include "container/uid_allocator.hpp"
#include "docker/attachment.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace docker_run {

/// One container of ours, from before its creation on; used for one run at most. Whatever happens, its
/// destructor closes the stream and hands the container to the reaper. Move-only.
class container {
  public:
    /// Nothing exists yet, but from now on something may: to be constructed before the create call. `name` is
    /// unique; `existence` is given back when the container has been removed.
    container(reaper& undertaker, std::string name, semaphore::permit existence, bool keep);
    container(container&& other) noexcept;
    container& operator=(container&&) = delete;
    ~container();

    const std::string& name() const noexcept { return job_.name; }
    /// The engine's id, empty before was_created().
    const std::string& id() const noexcept { return id_; }

    /// The engine has answered that it exists.
    void was_created(std::string id);
    /// The engine has refused: there is nothing to remove, and the name may be somebody else's.
    void was_refused();

    /// Its processes run as this user, which nobody else gets until it is gone.
    void run_as(uid_allocator::lease uid) { job_.uid = std::move(uid); }

    /// That user, 0 where it has none of its own.
    std::uint32_t uid() const noexcept { return job_.uid.uid(); }

    void attach(docker::attachment stream) { stream_.emplace(std::move(stream)); }
    /// Only after attach().
    docker::attachment& stream() { return *stream_; }

  private:
    reaper* undertaker_; ///< null: moved from, or refused
    removal_job job_;
    std::string id_;
    std::optional<docker::attachment> stream_;
};

} // namespace docker_run
