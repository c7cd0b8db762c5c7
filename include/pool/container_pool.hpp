#pragma once

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
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {

struct pool_counts {
    std::size_t waiting = 0;   ///< containers ready for a run
    std::size_t refilling = 0; ///< containers on their way
    std::size_t hits = 0;
    std::size_t misses = 0;
    std::size_t died = 0; ///< ended or spoke while they waited
};

/// Containers that are started, attached and blocked on stdin, so that a run begins at once; each is used
/// once. How many wait is decided by pool_policy. Thread-safe; take() never blocks. Outlives the runs.
class container_pool {
  public:
    /// `refills`: containers brought up at once, at most one a CPU.
    container_pool(pool_settings settings, std::size_t refills, const boost::asio::any_io_executor& executor,
                   launcher& launches, image_catalogue& images, const logger& log);

    /// A waiting container of that image, or none; either way the image's demand is noted. The container's
    /// stream belongs to no strand yet: attachment::moved_to.
    std::optional<container> take(const std::shared_ptr<const image>& of);

    /// A run has ended: the time to replace the container that it took.
    void run_ended() const { kick(); }

    /// Brings up a first container of each image of POOL_PREWARM, and from then on keeps one up. Returns when
    /// each is there or has failed (a warning); false: stop() came first. To be called before start(); may be
    /// cancelled at any time, since the containers are the pool's.
    boost::asio::awaitable<bool> prewarm();

    /// Starts to look after the pool, until stop().
    void start();
    /// Some reference may mean another image now, or its options may be others: what waits for an old meaning
    /// goes. Looks once, and once more if it is called meanwhile, however often.
    void images_changed();
    /// Lets every waiting container go, and those on their way when they come; others follow as they are
    /// needed.
    void clear();
    /// Lets every waiting container go and begins to make no other, once and for all.
    void stop();
    /// After stop(): waits until the pool owns no container, also none on its way, and cuts off those that
    /// are at `deadline`. All have been handed to the reaper then.
    boost::asio::awaitable<void> stopped(std::chrono::steady_clock::time_point deadline);
    /// Cuts off what is under way.
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

    /// What makes containers the same to a run: the image's id and its options.
    using shelf_key = std::pair<std::string, image_policy::options>;
    static shelf_key key(const image& of) { return {of.id, of.options}; }

    /// All that is known of one image with its options.
    struct shelf {
        std::shared_ptr<const image> of;
        containers waiting; ///< oldest first
        std::size_t refilling = 0;
        bool hangs = false; ///< one of its refills does, and no other begins until that one has ended
        arrival_statistics arrivals;
        clock::time_point last_use;
        double refill_seconds = 0.2; ///< of the last refill; a guess before the first
        std::size_t spoiled = 0;  ///< containers in a row that ended, young, before they were asked anything
        std::size_t failures = 0; ///< refills in a row that failed
        clock::time_point not_before{}; ///< no refill until then
        bool prewarmed = false;
        bool is_unsure = false; ///< its last look-up has failed
    };
    struct refill_mark;

    boost::asio::awaitable<void> tend();
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
    void spoil(shelf& on, clock::time_point born);
    void move_shelf(const shelf_key& from, const std::shared_ptr<const image>& to);
    containers trim();
    std::vector<std::shared_ptr<const image>> missing();
    std::vector<std::shared_ptr<const image>> cold_listed();
    std::vector<std::size_t> shares(clock::time_point now) const;
    void kick() const;

    pool_settings settings_;
    std::size_t max_refills_;
    launcher& launcher_;
    image_catalogue& images_;
    const logger& log_;

    mutable std::mutex mutex_;
    std::map<shelf_key, shelf> shelves_;
    std::map<std::string, shelf_key> listed_; ///< the references of POOL_PREWARM that the engine knows
    std::set<std::string> unavailable_;       ///< the references of POOL_PREWARM of which that was told
    std::size_t refilling_ = 0;
    std::size_t hanging_ = 0; ///< refills that hang, and no longer count above: at most max_refills_
    pool_counts counts_;
    std::uint64_t clearings_ = 0;
    bool rechecking_ = false;
    bool recheck_due_ = false;
    bool stopped_ = false;
    std::shared_ptr<boost::asio::steady_timer>
        wake_;            ///< what tend() waits for; cancelled on its own executor only
    task_group tasks_;    ///< they own no container, so that they may be cancelled at once
    task_group launches_; ///< each owns one
};

} // namespace docker_run
