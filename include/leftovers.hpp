#pragma once

#include "docker/engine.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace docker_run {

/// The labels that every container of ours carries.
namespace label {
inline constexpr auto instance = "docker-run.instance"; ///< id of the daemon that made it
inline constexpr auto deadline =
    "docker-run.deadline";                    ///< seconds since the epoch; after it anybody may remove it
inline constexpr auto ttl = "docker-run.ttl"; ///< the same as a duration in seconds
inline constexpr auto request = "docker-run.request"; ///< the id of the request, on cold containers
inline constexpr auto keep = "docker-run.keep";       ///< "true": never swept
} // namespace label

/// Decides whose leftovers are whose. Pure; not thread-safe.
///
/// Of our own instance everything is a leftover that we do not know. A container of another instance belongs
/// to a daemon that may live: it is taken only when its deadline label has passed *and* we ourselves have
/// seen it, on a clock that nobody steps, for as long as its ttl label says. So a stepped clock sweeps
/// nobody's containers.
class overdue_watch {
  public:
    /// The names to remove out of `found`. To be called with every complete listing.
    std::vector<std::string> leftovers(const std::vector<docker::container_summary>& found,
                                       const std::string& instance, const std::set<std::string>& known,
                                       std::chrono::system_clock::time_point now,
                                       std::chrono::steady_clock::time_point steady_now);

  private:
    bool is_overdue(const docker::container_summary& container, std::chrono::system_clock::time_point now,
                    std::chrono::steady_clock::time_point steady_now);

    std::map<std::string, std::chrono::steady_clock::time_point>
        first_seen_; ///< of other instances, by container id
};

} // namespace docker_run
