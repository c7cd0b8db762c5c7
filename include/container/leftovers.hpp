#pragma once

#include "docker/engine.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// The labels of the daemon's containers.
namespace label {
inline constexpr auto instance = "docker-run.instance"; ///< id of the daemon that made it
inline constexpr auto deadline =
    "docker-run.deadline"; ///< seconds since the epoch; after that any daemon may remove it
inline constexpr auto ttl = "docker-run.ttl";         ///< the same as a duration in seconds
inline constexpr auto uid = "docker-run.uid";         ///< its user, which no other container has
inline constexpr auto request = "docker-run.request"; ///< the id of the request, on cold containers
inline constexpr auto caller = "docker-run.caller";   ///< the name of the caller's token, on cold containers
/// "true": never swept. It is always sent, since a container inherits the labels of its image that the create
/// call does not name.
inline constexpr auto keep = "docker-run.keep";
} // namespace label

/// The prefix of the name of each container of the daemon. Labels alone do not identify these containers: an
/// image made from one of them (docker commit) passes its labels on.
inline constexpr std::string_view container_name_prefix = "docker-run-";

/// Decides which containers are leftovers that this daemon may remove. Pure; not thread-safe.
///
/// A container of our own instance is a leftover if we do not know it. A container of another instance
/// belongs to a daemon that may still run, and that removes it within seconds after it has ended. So it is a
/// leftover only if this daemon has seen it, measured by the steady clock,
/// - ended for 30 s, or
/// - created and never started for longer than a start may take, or
/// - for as long as its ttl label says, when its deadline label has passed too.
class leftover_watch {
  public:
    /// `created_patience`: how long a container may stay `created`; at least 180 s.
    explicit leftover_watch(std::chrono::seconds created_patience = {});

    /// Returns the names of the containers in `listed` to remove. `listed` must be a complete list. `known`:
    /// the names of the containers that this daemon uses or is removing.
    std::vector<std::string> leftovers(const std::vector<docker::container_summary>& listed,
                                       const std::string& instance, const std::set<std::string>& known,
                                       std::chrono::system_clock::time_point now,
                                       std::chrono::steady_clock::time_point steady_now);

  private:
    /// Records when we saw a container of another instance.
    struct sighting {
        std::chrono::steady_clock::time_point first;
        docker::container_state::phase phase;        ///< the last one seen
        std::chrono::steady_clock::time_point since; ///< when that phase was first seen
    };

    bool is_abandoned(const docker::container_summary& container, std::chrono::system_clock::time_point now,
                      std::chrono::steady_clock::time_point steady_now);

    std::chrono::seconds created_patience_;
    std::map<std::string, sighting> seen_; ///< by container id
};

} // namespace docker_run
