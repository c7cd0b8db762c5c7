#pragma once

#include "docker/engine.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// The labels that every container of ours carries.
namespace label {
inline constexpr auto instance = "docker-run.instance"; ///< id of the daemon that made it
inline constexpr auto deadline =
    "docker-run.deadline";                    ///< seconds since the epoch; after it anybody may remove it
inline constexpr auto ttl = "docker-run.ttl"; ///< the same as a duration in seconds
inline constexpr auto uid = "docker-run.uid"; ///< the user that no other container has
inline constexpr auto request = "docker-run.request"; ///< the id of the request, on cold containers
inline constexpr auto caller = "docker-run.caller";   ///< the name of its token, on cold containers
/// "true": never swept. It is always sent, since a container inherits the labels of its image that the create
/// call does not name.
inline constexpr auto keep = "docker-run.keep";
} // namespace label

/// How the name of each container of ours begins. Labels alone do not tell that a container is ours: an image
/// made of one (docker commit) hands them on.
inline constexpr std::string_view container_name_prefix = "docker-run-";

/// Decides whose leftovers are whose. Pure; not thread-safe.
///
/// Of our own instance everything is a leftover that we do not know. A container of another instance belongs
/// to a daemon that may live, and that removes it within seconds after it has ended. So it is a leftover
/// where we ourselves, on a clock that nobody steps, have seen it
/// - ended for 30 s, or
/// - created and never started for longer than a start may take, or
/// - for as long as its ttl label says, when its deadline label has passed too.
class leftover_watch {
  public:
    /// `created_patience`: how long a container may stay `created`; at least 180 s.
    explicit leftover_watch(std::chrono::seconds created_patience = {});

    /// The names to remove out of `listed`, which is a complete listing. `known`: the names of the containers
    /// that this daemon uses or removes.
    std::vector<std::string> leftovers(const std::vector<docker::container_summary>& listed,
                                       const std::string& instance, const std::set<std::string>& known,
                                       std::chrono::system_clock::time_point now,
                                       std::chrono::steady_clock::time_point steady_now);

  private:
    /// When we saw a container of another instance.
    struct sighting {
        std::chrono::steady_clock::time_point first;
        docker::container_state::phase phase;        ///< as it was last
        std::chrono::steady_clock::time_point since; ///< first seen so
    };

    bool is_abandoned(const docker::container_summary& container, std::chrono::system_clock::time_point now,
                      std::chrono::steady_clock::time_point steady_now);

    std::chrono::seconds created_patience_;
    std::map<std::string, sighting> seen_; ///< by container id
};

} // namespace docker_run
