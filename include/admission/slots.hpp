#pragma once

#include "admission/body_room.hpp"
#include "admission/caller.hpp"
#include "admission/share_policy.hpp"
#include "async/paced_input.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace docker_run {

struct slot_counts {
    std::size_t running = 0;
    std::size_t waiting = 0; ///< in the line
    std::size_t bodies = 0;  ///< on their way
};

/// A wait as Retry-After says it: whole seconds, 1 to 60.
std::chrono::seconds retry_after_seconds(double expected);

/// What the callers of one name have at the moment.
struct share_counts {
    std::string name;
    std::size_t running = 0;
    std::size_t waiting = 0; ///< in the line, or their bodies are on their way
};

/// Admission: at most so many runs at once, a bounded line behind them, a share for each name of callers, and
/// turns between the names (share_policy). Where the line is full, a name with many places gives one up for a
/// name with few. A request takes a place in the line when its body is complete, so the places bound the
/// memory of complete bodies and of answers; as many bodies again may be on their way (body_room).
/// Thread-safe; outlives its places.
class slots {
  public:
    /// Why a request is not taken.
    enum class refusal {
        share, ///< its name has as many runs as it may have
        full,  ///< all workers are busy and the line is full
        closed ///< shutting down
    };

    /// The place of one request: for its body first, in the line then, running later; given up by the
    /// destructor. Move-only.
    class place {
      public:
        place(place&& other) noexcept;
        place& operator=(place&&) = delete;
        ~place();

        /// The body is complete: takes a place in the line. What stands in the way, or nothing.
        std::optional<refusal> join_line();

        /// Waits for a slot; false if `deadline` passed first, the line was closed, or the place had to be
        /// given up for another name. After join_line().
        boost::asio::awaitable<bool> wait_for_turn(std::chrono::steady_clock::time_point deadline);

        /// The result is complete: lets the next run begin. The place itself, which stands for the memory of
        /// the answer, stays taken until the destructor.
        void leave_slot();

      private:
        friend class slots;
        place(slots& line, share_policy::share& share, std::shared_ptr<paced_input> body) noexcept
            : owner_(&line), share_(&share), body_(std::move(body)) {}

        slots* owner_;
        share_policy::share* share_;
        std::shared_ptr<paced_input> body_; ///< null: it is complete
        bool is_in_line_ = false;
        bool is_running_ = false;
        std::chrono::steady_clock::time_point since_{};
    };

    slots(std::size_t workers, std::size_t line)
        : workers_(workers), places_(workers + line), bodies_(workers + line) {}

    /// These names have these shares from now on; requests that were admitted stay so.
    void apply(const std::map<std::string, caller_share>& shares);

    /// A place for a request of that caller, or why there is none. `body`: is on its way, null where it is
    /// complete; another one may have to give way to it. Returns at once.
    std::variant<place, refusal> enter(const caller& who, std::shared_ptr<paced_input> body = nullptr);

    /// Shutting down: nobody enters, and who waits is told so. Runs go on.
    void close();
    bool is_closed() const noexcept { return closed_; }

    /// When a free place may be expected, from the observed length of runs; 1 to 60 s.
    std::chrono::seconds retry_after() const;
    /// The same for a place of that name.
    std::chrono::seconds retry_after(const caller& who) const;

    slot_counts counts() const;
    /// By name; those that the operator lists, and those that have runs.
    std::vector<share_counts> counts_by_name() const;

  private:
    struct waiter;
    struct line_guard;

    std::optional<refusal> take_place(share_policy::share& owner);
    void give_up_place(share_policy::share& owner);
    bool push_out_for(const share_policy::share& newcomer);
    bool start_or_wait(share_policy::share& owner, const std::shared_ptr<waiter>& self);
    bool leave_line(place& waiting, const std::shared_ptr<waiter>& self);
    void start_waiting_runs();
    void end_run(share_policy::share& owner);
    std::chrono::seconds expected(std::size_t runs, std::size_t at_once) const;

    std::size_t workers_;
    std::size_t places_;
    std::atomic<bool> closed_ = false;
    mutable std::mutex mutex_;
    std::size_t taken_ = 0;
    std::size_t running_ = 0;
    double average_seconds_ = 0; ///< of a run, decaying
    share_policy shares_;
    body_room bodies_;
    share_policy::ticket next_ticket_ = 1;
    std::map<share_policy::ticket, std::shared_ptr<waiter>> waiters_;
};

} // namespace docker_run
