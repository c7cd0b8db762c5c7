#pragma once

#include "async/mutex.hpp"
#include "async/semaphore.hpp"
#include "async/task_group.hpp"
#include "async/time_source.hpp"
#include "async/work_budget.hpp"
#include "container/end_watch.hpp"
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
#include <optional>
#include <set>
#include <string>

namespace docker_run {

/// A container to remove, and the resources that its removal gives back.
struct removal_job {
    std::string name;
    bool may_appear_later = false; ///< its create call was not answered: the engine may still execute it
    bool keep = false;             ///< DEBUG_KEEP_CONTAINER: kill it, but do not remove it
    bool leftover = false;         ///< found by a sweep: containers of this process go first
    semaphore::permit existence;   ///< given back when the container is gone: removals limit creations
    uid_allocator::lease uid;      ///< likewise, because its processes may live until then
    /// The stream of a container that is about to end by itself, on the reaper's executor; empty: it is
    /// removed by force at once.
    std::optional<docker::attachment> ending = std::nullopt;
    std::chrono::milliseconds end_patience{0}; ///< how long it may take to end
};

struct reaper_counts {
    std::size_t pending = 0; ///< containers waiting for their removal
    std::size_t stuck = 0;   ///< of these, the ones that could not be removed for a minute
    std::size_t removed = 0;
    std::size_t retried = 0;
    std::size_t swept = 0; ///< leftovers found by a sweep
};

/// How many stuck containers may give back their existence permits. If there are more, something is wrong
/// with the host, and the daemon is not ready.
inline constexpr std::size_t max_stuck_containers = 64;

/// How much of the engine's work may be removals.
struct removal_limits {
    semaphore& engine_work; ///< the permits of first attempts, shared with launches; must outlive the reaper
    std::size_t retries;    ///< at once, for retries and leftovers together
    std::size_t max_ends;   ///< how many containers may get time to end by themselves at once
};

/// Removes containers in the background and retries until the engine says that they are gone. Also sweeps the
/// leftovers of a crash. It knows every container of this daemon by name from before its creation until after
/// its removal. So a container with our label and an unknown name is a leftover. Thread-safe. Must outlive
/// all containers.
///
/// A removal that hangs does not delay others. The first attempt for a container of this process waits at
/// most half a second for a permit. Retries and leftovers have separate permits.
class reaper {
  public:
    /// Called on the reaper's executor with the duration of each removal.
    using removal_observer = std::function<void(std::chrono::steady_clock::duration)>;

    /// `instance`: the id in the label of this daemon's containers. `now`: the time for the ages of removals
    /// and leftovers.
    reaper(const boost::asio::any_io_executor& executor, docker::engine& engine, const logger& log,
           removal_observer on_removed, uid_allocator& uids, std::string instance, removal_limits limits,
           time_source now = std::chrono::steady_clock::now);

    boost::asio::any_io_executor get_executor() const { return executor_; }

    /// Call it before the create call.
    void track(const std::string& name);
    /// Call it when the engine refused to create the container.
    void forget(const std::string& name);
    /// Takes over the container. Its attach stream must be closed, unless the job has it. Returns at once and
    /// never throws.
    void remove(removal_job job) noexcept;

    /// Looks for leftovers once and hands them to remove(). Throws docker::engine_error.
    boost::asio::awaitable<void> sweep();
    /// Starts periodic sweeps, until cancel().
    void start_sweeping();

    /// Removes every container by force from now on, also those that were about to end.
    void stop_waiting_for_ends() { ends_.stop(); }
    /// Waits until every removal is done. False if `deadline` passed first.
    boost::asio::awaitable<bool> wait_until_settled(std::chrono::steady_clock::time_point deadline);
    /// Gives up the pending removals. The next start of the daemon sweeps these containers.
    void cancel();

    reaper_counts counts() const;
    /// The names of this daemon's containers, from before their creation until they are gone.
    std::set<std::string> known() const;

  private:
    struct removal;

    boost::asio::awaitable<void> remove_until_gone(removal_job job);
    boost::asio::awaitable<void> wait_for_end(removal_job& job);
    boost::asio::awaitable<removal_outcome> attempt(removal& current);
    boost::asio::awaitable<work_budget::turn> turn_for(removal& current);
    boost::asio::awaitable<removal_outcome> ask(const removal_job& job);
    void watch(removal& current);
    void call_stuck(removal& current);
    void watch_name_only(removal& current);
    void attempt_failed(const removal_job& job, const char* reason);
    void finish(const removal& current);

    boost::asio::awaitable<void> sweep_periodically();

    boost::asio::any_io_executor executor_;
    docker::engine& engine_;
    const logger& log_;
    removal_observer on_removed_;
    uid_allocator& uids_;
    std::string instance_;
    time_source now_;
    end_watch ends_;
    work_budget first_attempts_; ///< for the containers of this process
    semaphore others_permits_;
    work_budget others_; ///< for retries and leftovers
    mutable mutex mutex_;
    std::set<std::string> known_ GUARDED_BY(mutex_);
    reaper_counts counts_ GUARDED_BY(mutex_);
    std::size_t watched_names_ GUARDED_BY(mutex_) =
        0;                     ///< removals that wait, without a permit, for a container to appear
    leftover_watch leftovers_; ///< used by sweep() only, and only one sweep runs at a time
    task_group removals_;
    task_group sweeps_;
};

} // namespace docker_run
