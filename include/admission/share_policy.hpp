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

/// How many runs each name has, and whose run starts next: start-time fair queueing over the names. A name
/// with fewer runs in service for its weight goes first; among equals the one that has had fewer turns, then
/// the one that has waited longer. Within a name it is first come first served. So a name that has nothing in
/// service waits for one start of each other name at most, however many runs these have.
///
/// Pure bookkeeping: no clock, no lock, nobody is told. Time of one start is that of a pass over the names
/// that wait.
class share_policy {
  public:
    /// A run that waits for its turn. A later one has a larger number.
    using ticket = std::uint64_t;

    /// What one name has at the moment. Stays where it is as long as a request of the name is in the daemon.
    struct share {
        std::string name;
        caller_share limits;
        bool listed = false; ///< the operator lists the name now
        std::size_t entered =
            0; ///< requests of any kind: body on its way, waiting, running, answer on its way
        std::size_t bodies = 0;  ///< those whose bodies are on their way
        std::size_t placed = 0;  ///< those with a place in the line: waiting, running, answer on its way
        std::size_t running = 0; ///< those in service
        double turn = 0;         ///< virtual time of its next start
        std::deque<ticket> line; ///< those that wait
    };

    /// These names have these shares from now on. Others go on with what they had until their last run is
    /// gone.
    void apply(const std::map<std::string, caller_share>& shares);

    /// Counts a request of that name; null where its share is used up.
    share* enter(const caller& who);
    void leave(share& owner);

    void wait(share& owner, ticket number);
    void withdraw(share& owner, ticket number);

    /// Counts the next run as running. Nothing: nobody waits that may start.
    struct queued_run {
        share* owner;
        ticket number;
    };
    std::optional<queued_run> start_next();

    /// Whose run has to leave a full line for one of `newcomer`: the latest of the name that has the most
    /// places for its weight, if these are more than `newcomer` would have. It leaves its name's line.
    /// Nothing: there is none.
    std::optional<queued_run> push_out_for(const share& newcomer);
    [[nodiscard]] bool can_push_out_for(const share& newcomer) const {
        return greatest_above(newcomer) != nullptr;
    }

    void end(share& owner) { --owner.running; }

    /// By name.
    [[nodiscard]] const std::map<std::string, share>& shares() const { return shares_; }

  private:
    share& share_of(const caller& who);
    void stop_waiting(const share& owner);
    [[nodiscard]] share* greatest_above(const share& newcomer) const;
    [[nodiscard]] bool goes_before(const share& one, const share& other) const;

    std::map<std::string, share> shares_;
    std::vector<share*> waiting_; ///< those with somebody in their line
    double now_ = 0;              ///< virtual time: the turn of the latest start
};

} // namespace docker_run
