#pragma once

#include "admission/body_room.hpp"
#include "admission/caller.hpp"
#include "admission/share_policy.hpp"
#include "async/mutex.hpp"
#include "async/paced_input.hpp"
#include "async/running_median.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace docker_run {

struct queue_counts {
    std::size_t running = 0;
    std::size_t waiting = 0;     ///< in the line
    std::size_t bodies = 0;      ///< being received
    std::size_t interactive = 0; ///< interactive runs
};

/// How many requests an admission_queue admits.
struct admission_limits {
    std::size_t workers;         ///< runs at the same time
    std::size_t line;            ///< runs that wait for a worker
    std::size_t interactive = 0; ///< interactive runs at the same time; they need no worker
};

/// Converts a wait in seconds to a value for Retry-After: whole seconds, 1 to 60.
std::chrono::seconds retry_after_seconds(double expected);

/// The current runs of the callers of one name.
struct share_counts {
    std::string name;
    std::size_t running = 0;
    std::size_t waiting = 0; ///< in the line, or their bodies are being received
    std::size_t interactive = 0;
};

/// Admission of runs: a limited number at once, a line of limited length for waiting ones, a share for each
/// name of callers, and turns between the names (share_policy). When the line is full, a name with many
/// places gives one up for a name with few. A request takes a place in the line when its body is complete, so
/// the places limit the memory of complete bodies and of responses. As many bodies again may be received at
/// the same time (body_room). Interactive runs are mostly idle, so they have places of their own beside the
/// workers, and no line; but they count in the share of their name. Thread-safe. Must outlive its places.
class admission_queue {
  public:
    /// Why a request is not admitted.
    enum class refusal {
        share, ///< its name has as many runs as it may have
        full,  ///< all workers are busy and the line is full
        closed ///< shutting down
    };

    /// The place of one request: first for its body, then in the line, then for its run. The destructor gives
    /// it up. Move-only.
    class place {
      public:
        place(place&& other) noexcept;
        place& operator=(place&&) = delete;
        ~place();

        /// Takes a place in the line. Call it when the body is complete. Returns the reason if there is no
        /// place.
        std::optional<refusal> join_line();

        /// Waits for a slot. False if `deadline` passed first, the line was closed, or the place was given to
        /// another name. Call it after join_line(). An interactive run needs no slot: true at once.
        boost::asio::awaitable<bool> wait_for_worker(std::chrono::steady_clock::time_point deadline);

        /// Lets the next run begin. Call it when the result is complete. The place itself stands for the
        /// memory of the response and stays taken until the destructor.
        void release_worker();

      private:
        friend class admission_queue;
        place(admission_queue& line, share_policy::share& share, std::shared_ptr<paced_input> body) noexcept
            : owner_(&line), share_(&share), body_(std::move(body)) {}

        admission_queue* owner_;
        share_policy::share* share_;
        std::shared_ptr<paced_input> body_; ///< null: the body is complete
        bool is_in_line_ = false;
        bool is_running_ = false;
        bool is_interactive_ = false;
        std::chrono::steady_clock::time_point since_{};
    };

    explicit admission_queue(const admission_limits& bounds)
        : workers_(bounds.workers), places_(bounds.workers + bounds.line),
          interactive_places_(bounds.interactive), bodies_(bounds.workers + bounds.line) {}

    /// Sets the shares of these names. Admitted requests stay admitted.
    void apply(const std::map<std::string, caller_share>& shares);

    /// Returns a place for a request of that caller, or why there is none. `body`: the body that is being
    /// received, null if it is complete. Another body may have to give way to it. Returns at once.
    std::variant<place, refusal> enter(const caller& who, std::shared_ptr<paced_input> body = nullptr);

    /// Returns a place for an interactive run of that caller, or why there is none. Returns at once.
    std::variant<place, refusal> enter_interactive(const caller& who);

    /// Shuts down: no request enters any more, and every wait for a turn ends. Runs continue.
    void close();
    bool is_closed() const noexcept { return closed_; }

    /// The expected time until a place is free, from the observed duration of runs: 1 to 60 s.
    std::chrono::seconds retry_after() const;
    /// The same for a place of that name.
    std::chrono::seconds retry_after(const caller& who) const;
    /// The same for a place for an interactive run.
    std::chrono::seconds retry_interactive_after() const;

    queue_counts counts() const;
    /// By name. Contains the names that the operator lists, and those that have runs.
    std::vector<share_counts> counts_by_name() const;

  private:
    struct applicant;
    struct line_guard;

    std::optional<refusal> take_place(share_policy::share& owner) REQUIRES(mutex_);
    void give_up_place(share_policy::share& owner) REQUIRES(mutex_);
    bool push_out_for(const share_policy::share& newcomer) REQUIRES(mutex_);
    bool start_or_wait(share_policy::share& owner, const std::shared_ptr<applicant>& self);
    bool leave_line(place& waiting, const std::shared_ptr<applicant>& self);
    void start_waiting_runs() REQUIRES(mutex_);
    void end_run(share_policy::share& owner);
    void end_interactive(place& ended);
    std::chrono::seconds expected(std::size_t runs, std::size_t at_once) const REQUIRES(mutex_);

    std::size_t workers_;
    std::size_t places_;
    std::size_t interactive_places_;
    std::atomic<bool> closed_ = false;
    mutable mutex mutex_;
    std::size_t taken_ GUARDED_BY(mutex_) = 0;
    std::size_t running_ GUARDED_BY(mutex_) = 0;
    std::size_t interactive_ GUARDED_BY(mutex_) = 0;
    running_median usual_interactive_time_ GUARDED_BY(mutex_);
    double average_seconds_ GUARDED_BY(mutex_) = 0; ///< decaying average of a run's duration
    share_policy shares_ GUARDED_BY(mutex_);
    body_room bodies_ GUARDED_BY(mutex_);
    share_policy::ticket next_ticket_ GUARDED_BY(mutex_) = 1;
    std::map<share_policy::ticket, std::shared_ptr<applicant>> applicants_ GUARDED_BY(mutex_);
};

} // namespace docker_run
