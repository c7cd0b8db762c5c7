#pragma once

#include "async/semaphore.hpp"
#include "async/task_group.hpp"
#include "async/work_budget.hpp"
#include "container/leftovers.hpp"
#include "container/removal_course.hpp"
#include "container/uid_allocator.hpp"
#include "docker/engine.hpp"
#include "log/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <string>

namespace docker_run {

/// A container to be removed, and what its removal gives back.
struct removal_job {
    std::string name;
    bool may_appear_later =
        false;                   ///< its create was sent and not answered: the engine may still carry it out
    bool keep = false;           ///< DEBUG_KEEP_CONTAINER: kill it, but leave it there
    bool leftover = false;       ///< found by a sweep: it comes after the containers of this process
    semaphore::permit existence; ///< given back when the container is gone, so that cleaning bounds creating
    uid_allocator::lease uid;    ///< likewise: until then its processes may live
};

struct reaper_counts {
    std::size_t pending = 0; ///< containers that wait for their removal
    std::size_t stuck = 0;   ///< those of them that could not be removed for a minute
    std::size_t removed = 0;
    std::size_t retried = 0;
    std::size_t swept = 0; ///< leftovers found by a sweep
};

/// So many stuck containers do without their existence permit. With more of them something is wrong with the
/// host, and the daemon is not ready.
inline constexpr std::size_t max_stuck_containers = 64;

/// Removes containers in the background and retries until the engine says that they are gone; sweeps what a
/// crash has left. Every container of this daemon is known here by name from before its creation until after
/// its removal, so what carries our label and is not known is a leftover. Thread-safe. Outlives all
/// containers.
///
/// No removal that hangs holds up another one. The first attempt for a container of this process waits for
/// half a second at most, and retries and leftovers have permits of their own.
class reaper {
  public:
    /// Hears how long each removal took, on the reaper's executor.
    using removal_observer = std::function<void(std::chrono::steady_clock::duration)>;

    /// `instance`: the id in the label of this daemon's containers. `concurrency`: removals of a kind at
    /// once.
    reaper(const boost::asio::any_io_executor& executor, docker::engine& engine, const logger& log,
           removal_observer on_removed, uid_allocator& uids, std::string instance, std::size_t concurrency);

    /// To be called before the create call.
    void track(const std::string& name);
    /// The engine refused to create it.
    void forget(const std::string& name);
    /// Takes over the container; its attach stream must be closed. Returns at once, never throws.
    void remove(removal_job job) noexcept;

    /// Looks for leftovers once and hands them to remove(). Throws docker::engine_error.
    boost::asio::awaitable<void> sweep();
    /// Starts to sweep every now and then, until cancel().
    void start_sweeping();

    /// Waits until every removal is done; false if `deadline` passed first.
    boost::asio::awaitable<bool> settled(std::chrono::steady_clock::time_point deadline);
    /// Gives up on what is still pending: the next start sweeps it.
    void cancel();

    reaper_counts counts() const;
    /// The names of this daemon's containers, from before their creation until they are gone.
    std::set<std::string> known() const;

  private:
    struct removal;

    boost::asio::awaitable<void> remove_until_gone(removal_job job);
    boost::asio::awaitable<removal_outcome> attempt(removal& at);
    boost::asio::awaitable<work_budget::turn> turn_for(removal& at);
    boost::asio::awaitable<removal_outcome> ask(const removal_job& job);
    void watch(removal& at);
    void call_stuck(removal& at);
    void watch_name_only(removal& at);
    void attempt_failed(const removal_job& job, const char* reason);
    void finish(const removal& at);

    boost::asio::awaitable<void> sweep_periodically();

    boost::asio::any_io_executor executor_;
    docker::engine& engine_;
    const logger& log_;
    removal_observer on_removed_;
    uid_allocator& uids_;
    std::string instance_;
    work_budget first_attempts_; ///< of the containers of this process
    work_budget others_;         ///< retries, and leftovers
    mutable std::mutex mutex_;
    std::set<std::string> known_;
    reaper_counts counts_;
    std::size_t watched_names_ = 0; ///< removals that wait, without a permit, for a container to appear
    leftover_watch leftovers_;      ///< used by sweep() only, and only one sweep runs at a time
    task_group removals_;
    task_group sweeps_;
};

} // namespace docker_run
