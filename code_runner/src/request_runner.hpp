#pragma once

#include "child_reaper.hpp"
#include "input.hpp"
#include "plan.hpp"
#include "prestart.hpp"
#include "process.hpp"
#include "runner_settings.hpp"
#include "usage.hpp"
#include "verdict.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace code_runner {

/// Serves one request in the current directory.
class runner {
  public:
    /// Starts the programs that the recipe wants to start early, if the settings allow it. The references
    /// must outlive the runner.
    runner(const settings& settings, const recipe& recipe, const launcher& launcher, reaper& reaper);

    /// Writes the files, runs the commands, ends all remaining processes, and returns the JSON object of the
    /// answer. While commands run, stdin, stdout and stderr are out of their reach. Throws failure if the
    /// request cannot be run.
    std::string answer(const document& document);

  private:
    void unpack_bootstrap(std::chrono::steady_clock::time_point deadline);
    void settle_prestarted(const plan& plan, const request& request);
    verdict execute(const plan& plan, const request& request, const limit_watch& limits, outputs& outputs,
                    std::chrono::steady_clock::time_point deadline);
    verdict build(const words& command, const limit_watch& limits, outputs& outputs,
                  std::chrono::steady_clock::time_point deadline);
    verdict run(const plan& plan, const request& request, const limit_watch& limits, outputs& outputs,
                std::chrono::steady_clock::time_point deadline);
    child_process start(const words& command);
    stage_end wait_for(child_process& child, feed input, feed script, outputs& outputs,
                       std::chrono::steady_clock::time_point deadline);

    const settings& settings_;
    const recipe& recipe_;
    const launcher& launcher_;
    reaper& reaper_;
    usage_meter usage_;
    std::optional<prestarted_program> waiting_program_;
    std::optional<prestarted_program> resident_build_;
};

} // namespace code_runner
