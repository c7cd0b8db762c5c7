#include "health/readiness.hpp"

namespace docker_run {

std::vector<std::string> readiness::obstacles() const {
    std::vector<std::string> found;
    if (draining_)
        found.emplace_back("shutting down");
    if (!watch_.engine_works())
        found.emplace_back("the engine does not answer");
    if (auto reason = refusal(limits_.unenforced()); !reason.empty())
        found.push_back(std::move(reason));
    if (reaper_.counts().stuck >= max_stuck_containers)
        found.emplace_back(std::to_string(max_stuck_containers) + " containers cannot be removed");
    if (!swept_)
        found.emplace_back("looking for leftovers of an earlier start");
    if (!prewarmed_)
        found.emplace_back("warming up");
    return found;
}

} // namespace docker_run
