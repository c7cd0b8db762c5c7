#pragma once

#include "admission/caller.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace docker_run {

/// Counts the runs of each name and chooses which one starts next: start-time fair queueing over the names.
/// The name with the fewest running runs for its weight goes first; among equals the one that has had fewer
/// turns, then the one that has waited longer. Within a name it is first come, first served. So a name
/// without a running run waits for at most one start of each other name, even if those have many runs.
///
/// Pure bookkeeping: no clock, no lock, no notifications. One start takes time proportional to the number of
/// names that wait.
class share_policy {
  public:
    /// A run that waits for its turn. A later one has a larger number.
    using ticket = std::uint64_t;

    /// The current state of one name. Its address is stable while a request of the name is in the daemon.
    struct share {
        std::string name;
        caller_share limits;
        bool listed = false;     ///< the operator's list contains the name
        std::size_t entered = 0; ///< all requests: body being received, waiting, running, response being sent
        std::size_t bodies = 0;  ///< those whose bodies are being received
        std::size_t placed = 0;  ///< those with a place: waiting, running, response being sent
        std::size_t running = 0; ///< those that are running
        std::size_t interactive = 0; ///< interactive runs: they are running, too, but have no worker
        double turn = 0;             ///< virtual time of its next start
        std::deque<ticket> line;     ///< waiting runs
    };

    /// Sets the shares of these names. Other names keep their shares until their last run is gone.
    void apply(const std::map<std::string, caller_share>& shares);

    /// Counts a request of that name. Null if its share is used up.
    share* enter(const caller& who);
    void leave(share& owner);

    /// Counts an interactive run of that name, which is running from now on. Null if its share is used up.
    share* enter_interactive(const caller& who);
    void leave_interactive(share& owner);

    void wait(share& owner, ticket number);
    void withdraw(share& owner, ticket number);

    /// Chooses the next run and counts it as running. Nothing if no waiting run may start.
    struct queued_run {
        share* owner;
        ticket number;
    };
    std::optional<queued_run> start_next();

    /// Chooses the run that must leave a full line for a run of `newcomer`: the latest run of the name with
    /// the most places for its weight, if that is more than `newcomer` would have. Removes it from its name's
    /// line. Nothing if there is no such run.
    std::optional<queued_run> push_out_for(const share& newcomer);
    [[nodiscard]] bool can_push_out_for(const share& newcomer) const {
        return greatest_above(newcomer) != nullptr;
    }

    void end(share& owner) { --owner.running; }

    /// All shares, by name.
    [[nodiscard]] const std::map<std::string, share>& shares() const { return shares_; }

  private:
    share& share_of(const caller& who);
    void stop_waiting(const share& owner);
    [[nodiscard]] static bool may_start_another(const share& owner) {
        return owner.running + owner.interactive < owner.limits.runs;
    }
    [[nodiscard]] share* greatest_above(const share& newcomer) const;
    [[nodiscard]] bool goes_before(const share& one, const share& other) const;

    std::map<std::string, share> shares_;
    std::vector<share*> waiting_; ///< names with a waiting run
    double now_ = 0;              ///< virtual time: the turn of the latest start
};

} // namespace docker_run
