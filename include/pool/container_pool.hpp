#pragma once

#include "async/mutex.hpp"
#include "async/task_group.hpp"
#include "container/container.hpp"
#include "container/launcher.hpp"
#include "image/image_catalogue.hpp"
#include "log/log.hpp"
#include "pool/pool_policy.hpp"
#include "pool/pool_settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {

struct pool_counts {
    std::size_t waiting = 0;   ///< containers ready for a run
    std::size_t refilling = 0; ///< containers that are being brought up
    std::size_t hits = 0;
    std::size_t misses = 0;
    std::size_t died = 0; ///< ended or printed something while they waited
};

/// Containers that are started, attached and blocked on stdin, so that a run begins at once. Each is used
/// once. pool_policy decides how many wait. Thread-safe; take() never blocks. Must outlive the runs.
class container_pool {
  public:
    /// `refills`: how many containers may be brought up at the same time, besides those of prewarm() and
    /// those whose refill hangs. Callers pass at most one per CPU.
    container_pool(pool_settings settings, std::size_t refills, const boost::asio::any_io_executor& executor,
                   launcher& launches, image_catalogue& images, const logger& log);

    /// Returns a waiting container of that image, or nullopt if there is none. Counts the request as demand
    /// for the image in both cases, unless the pool is disabled or the image has no id. The container's
    /// stream is not bound to a strand yet: see attachment::moved_to.
    std::optional<container> take(const std::shared_ptr<const image>& of);

    /// Call when a run has ended. The pool then replaces the container that the run took.
    void run_ended() const { wake(); }

    /// Brings up a first container of each image of POOL_PREWARM; the pool then keeps one up. Returns true
    /// when each one is ready or has failed (logged as a warning), false if stop() came first. Call before
    /// start(). May be cancelled at any time, because the pool owns the containers.
    boost::asio::awaitable<bool> prewarm();

    /// Starts to maintain the pool, until stop().
    void start();
    /// Call after image references or options may have changed. Drops waiting containers that no longer
    /// match. Returns at once. Calls during a check lead to one further check, however many they are.
    void images_changed();
    /// Drops every waiting container, and those that are being brought up once they are ready. The pool makes
    /// new ones as they are needed.
    void clear();
    /// Drops every waiting container and makes no more. This is final.
    void stop();
    /// Call after stop(). Waits until the pool owns no container, including those that are being brought up.
    /// Cancels the rest at `deadline`. All containers have then been handed to the reaper.
    boost::asio::awaitable<void> stopped(std::chrono::steady_clock::time_point deadline);
    /// Cancels everything in progress.
    void cancel();

    pool_counts counts() const;

  private:
    using clock = std::chrono::steady_clock;

    struct waiting_container {
        container held;
        clock::time_point born;
        clock::time_point expires;
    };
    using containers = std::list<waiting_container>;

    /// The image's id and its options. Containers with the same key are interchangeable for a run.
    using shelf_key = std::pair<std::string, image_policy::options>;
    static shelf_key key(const image& of) { return {of.id, of.options}; }

    /// The state of one image with its options.
    struct shelf {
        std::shared_ptr<const image> of;
        containers waiting; ///< oldest first
        std::size_t refilling = 0;
        bool hangs = false; ///< one of its refills hangs; no other starts until that one has ended
        arrival_statistics arrivals;
        clock::time_point last_use;
        double refill_seconds = 0.2;    ///< duration of the last refill; a guess before the first
        std::size_t spoiled = 0;        ///< containers in a row that ended young, before a run took them
        std::size_t failures = 0;       ///< refills in a row that failed
        clock::time_point not_before{}; ///< no refill before this time
        bool prewarmed = false;
        bool is_unsure = false; ///< its last look-up failed
    };
    struct refill_mark;

    boost::asio::awaitable<void> maintain();
    boost::asio::awaitable<void> refill(std::shared_ptr<const image> of);
    void begin_launch(launch_ticket ticket, const std::shared_ptr<const image>& of,
                      const std::shared_ptr<refill_mark>& mark);
    boost::asio::awaitable<void> launch(launch_ticket ticket, std::shared_ptr<const image> of,
                                        std::shared_ptr<refill_mark> mark);
    void put(const refill_mark& mark, const std::shared_ptr<const image>& of, container made);
    boost::asio::awaitable<void> recheck();
    bool recheck_is_due();
    boost::asio::awaitable<void> recheck_waiting();
    boost::asio::awaitable<void> recheck_listed();
    std::vector<std::shared_ptr<const image>> images_waiting() const;
    void note_recheck(const image& of, const std::string& failure);
    std::string keep_listed(const std::string& reference, const std::shared_ptr<const image>& found);
    void note_listed(const std::string& reference, const std::string& failure);
    void refill_failed(const image& of, const std::string& reason);
    void spoil(shelf& on, clock::time_point born) REQUIRES(mutex_);
    void move_shelf(const shelf_key& from, const std::shared_ptr<const image>& to);
    containers trim();
    std::vector<std::shared_ptr<const image>> missing();
    std::vector<std::shared_ptr<const image>> cold_listed();
    std::vector<std::size_t> shares(clock::time_point now) const REQUIRES(mutex_);
    void wake() const;

    pool_settings settings_;
    std::size_t max_refills_;
    launcher& launcher_;
    image_catalogue& images_;
    const logger& log_;

    mutable mutex mutex_;
    std::map<shelf_key, shelf> shelves_ GUARDED_BY(mutex_);
    std::map<std::string, shelf_key> listed_ GUARDED_BY(mutex_); ///< of POOL_PREWARM, known to the engine
    std::set<std::string> unavailable_ GUARDED_BY(mutex_);       ///< of POOL_PREWARM, failure was logged
    std::size_t refilling_ GUARDED_BY(mutex_) = 0;
    std::size_t hanging_ GUARDED_BY(mutex_) = 0; ///< not in refilling_, at most max_refills_
    pool_counts counts_ GUARDED_BY(mutex_);
    std::uint64_t clearings_ GUARDED_BY(mutex_) = 0;
    bool rechecking_ GUARDED_BY(mutex_) = false;
    bool recheck_due_ GUARDED_BY(mutex_) = false;
    bool stopped_ GUARDED_BY(mutex_) = false;
    std::shared_ptr<boost::asio::steady_timer>
        wake_ GUARDED_BY(mutex_); ///< the timer that maintain() waits on; cancel it only on its own executor
    task_group tasks_;            ///< they own no container, so they may be cancelled at once
    task_group launches_;         ///< each owns one container
};

} // namespace docker_run
