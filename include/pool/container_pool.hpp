#pragma once

#include "async/event.hpp"
#include "async/mutex.hpp"
#include "async/task_group.hpp"
#include "async/time_source.hpp"
#include "container/container.hpp"
#include "container/launcher.hpp"
#include "image/image_catalogue.hpp"
#include "log/log.hpp"
#include "pool/pool_policy.hpp"
#include "pool/pool_settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

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
                   launcher& launches, image_catalogue& images, const logger& log,
                   time_source now = std::chrono::steady_clock::now);

    /// Returns a waiting container of that image, or nullopt if there is none. Counts the request as demand
    /// for the image in both cases, unless the pool is disabled or the image has no id. The container's
    /// stream is not bound to a strand yet: see attachment::moved_to.
    std::optional<container> take(const std::shared_ptr<const resolved_image>& image);

    /// Call when a run has ended. The pool then replaces the container that the run took.
    void run_ended() { wake(); }

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
    boost::asio::awaitable<void> wait_until_stopped(std::chrono::steady_clock::time_point deadline);
    /// Cancels everything in progress.
    void cancel();

    pool_counts counts() const;

  private:
    using clock = std::chrono::steady_clock;

    struct waiting_container {
        container box;
        clock::time_point born;
        clock::time_point expires;
    };
    /// The destructor of a container must not run with the mutex held. So a function that takes containers
    /// off a shelf declares the list that gets them before it locks.
    using containers = std::list<waiting_container>;

    /// The image's id and its options. Containers with the same key are interchangeable for a run.
    using shelf_key = std::pair<std::string, image_policy::options>;
    static shelf_key key(const resolved_image& image) { return {image.id, image.options}; }

    /// The state of one image with its options.
    struct image_shelf {
        std::shared_ptr<const resolved_image> image;
        containers waiting; ///< oldest first
        std::size_t refilling = 0;
        bool hangs = false; ///< one of its refills hangs; no other starts until that one has ended
        arrival_statistics arrivals;
        clock::time_point last_use;
        double refill_seconds = 0.2;    ///< duration of the last refill; a guess before the first
        std::size_t early_deaths = 0;   ///< containers in a row that ended young, before a run took them
        std::size_t failures = 0;       ///< refills in a row that failed
        clock::time_point not_before{}; ///< no refill before this time
        bool prewarmed = false;
        bool is_unsure = false; ///< its last look-up failed
    };
    struct refill_reservation;
    using shared_reservation = std::shared_ptr<refill_reservation>;

    boost::asio::awaitable<void> maintain();
    boost::asio::awaitable<void> attempt(shared_reservation reservation, boost::asio::awaitable<void> step);
    boost::asio::awaitable<void> refill(shared_reservation reservation);
    void begin_launch(launch_ticket ticket, const std::shared_ptr<const resolved_image>& image,
                      const shared_reservation& reservation);
    boost::asio::awaitable<void> launch(launch_ticket ticket, std::shared_ptr<const resolved_image> image,
                                        shared_reservation reservation);
    void add(const refill_reservation& reservation, const std::shared_ptr<const resolved_image>& image,
             container box);
    boost::asio::awaitable<void> recheck();
    bool recheck_is_due();
    boost::asio::awaitable<void> recheck_waiting();
    boost::asio::awaitable<void> recheck_listed();
    std::vector<std::shared_ptr<const resolved_image>> images_waiting() const;
    void note_recheck(const resolved_image& image, const std::string& failure);
    std::string keep_listed(const std::string& reference, const std::shared_ptr<const resolved_image>& image);
    void note_listed(const std::string& reference, const std::string& failure);
    void refill_failed(const resolved_image& image, const std::string& reason);
    void discard_dead(image_shelf& shelf, containers::iterator dead, containers& discarded) REQUIRES(mutex_);
    void move_shelf(const shelf_key& old_key, const std::shared_ptr<const resolved_image>& image);
    containers trim();
    std::vector<shared_reservation> reserve_refills();
    std::vector<shared_reservation> reserve_first_refills();
    shared_reservation reserve(image_shelf& shelf) REQUIRES(mutex_);
    std::vector<std::size_t> targets(clock::time_point now) const REQUIRES(mutex_);
    void wake() { work_.set(); }

    pool_settings settings_;
    std::size_t max_refills_;
    launcher& launcher_;
    image_catalogue& images_;
    const logger& log_;
    const time_source now_;

    mutable mutex mutex_;
    std::map<shelf_key, image_shelf> shelves_ GUARDED_BY(mutex_);
    std::map<std::string, shelf_key> listed_ GUARDED_BY(mutex_); ///< of POOL_PREWARM, known to the engine
    std::set<std::string> unavailable_ GUARDED_BY(mutex_);       ///< of POOL_PREWARM, failure was logged
    std::size_t refilling_ GUARDED_BY(mutex_) = 0;
    std::size_t hanging_ GUARDED_BY(mutex_) = 0; ///< not in refilling_, at most max_refills_
    pool_counts counts_ GUARDED_BY(mutex_);
    std::uint64_t clearings_ GUARDED_BY(mutex_) = 0;
    bool rechecking_ GUARDED_BY(mutex_) = false;
    bool recheck_due_ GUARDED_BY(mutex_) = false;
    bool stopped_ GUARDED_BY(mutex_) = false;
    event work_;          ///< set when maintain() may have something to do
    task_group tasks_;    ///< they own no container, so they may be cancelled at once
    task_group launches_; ///< each owns one container
};

} // namespace docker_run
