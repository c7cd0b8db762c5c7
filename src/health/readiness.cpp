#include "health/readiness.hpp"

namespace docker_run {

std::vector<std::string> readiness::obstacles() const {
    std::vector<std::string> reasons;
    if (draining_)
        reasons.emplace_back("shutting down");
    if (!watch_.engine_works())
        reasons.emplace_back("the engine does not answer");
    if (auto reason = refusal(limits_.unenforced()); !reason.empty())
        reasons.push_back(std::move(reason));
    if (reaper_.counts().stuck >= max_stuck_containers)
        reasons.emplace_back(std::to_string(max_stuck_containers) + " containers cannot be removed");
    if (!swept_)
        reasons.emplace_back("looking for leftovers of an earlier start");
    if (!prewarmed_)
        reasons.emplace_back("warming up");
    return reasons;
}

} // namespace docker_run
