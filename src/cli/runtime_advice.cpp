#include "cli/runtime_advice.hpp"

#include <algorithm>

namespace docker_run {

std::string advice_on_runtime(const std::string& runtime, const docker::engine_info& engine) {
    const auto& used = runtime.empty() ? engine.default_runtime : runtime;
    const bool has_crun = std::ranges::find(engine.runtimes, "crun") != engine.runtimes.end();
    if (used != "runc" || !has_crun || !engine.takes_runtime)
        return {};
    return "the engine also knows the runtime crun, with which a run takes less processor time than with "
           "runc: "
           "DOCKER_CONTAINER_RUNTIME=crun selects it";
}

} // namespace docker_run
