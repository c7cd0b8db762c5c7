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
#include <string_view>

namespace code_runner {

/// Serves one request in the current directory.
class request_runner {
  public:
    /// Starts the programs that the recipe wants to start early, if the settings allow it. The references
    /// must outlive the runner.
    request_runner(const runner_settings& settings, const image_recipe& recipe,
                   const program_launcher& launcher, child_reaper& reaper);

    /// Writes the files, runs the commands, ends all remaining processes, and returns the JSON object of the
    /// answer. While commands run, stdin, stdout and stderr are out of their reach. Throws failure if the
    /// request cannot be run.
    std::string answer(const request_document& document);

    /// The same in the second protocol: output goes to stderr as frames while commands run, and the result is
    /// the frame of the answer. It is returned when all output has been written.
    std::string live_answer(const framed_request& request);

  private:
    stage_verdict serve(std::string_view document, stage_output& output,
                        std::chrono::steady_clock::time_point deadline);
    void unpack_bootstrap(std::chrono::steady_clock::time_point deadline);
    void settle_prestarted(const run_plan& plan, const caller_request& request);
    stage_verdict execute(const run_plan& plan, const caller_request& request, const limit_watch& limits,
                          stage_output& output, std::chrono::steady_clock::time_point deadline);
    stage_verdict build(const words& command, const limit_watch& limits, stage_output& output,
                        std::chrono::steady_clock::time_point deadline);
    stage_verdict run(const run_plan& plan, const caller_request& request, const limit_watch& limits,
                      stage_output& output, std::chrono::steady_clock::time_point deadline);
    child_process start(const words& command);
    stage_end wait_for(child_process& child, pipe_feed input, pipe_feed script, stage_output& output,
                       std::chrono::steady_clock::time_point deadline);

    const runner_settings& settings_;
    const image_recipe& recipe_;
    const program_launcher& launcher_;
    child_reaper& reaper_;
    usage_meter usage_;
    std::optional<prestarted_program> waiting_program_;
    std::optional<prestarted_program> resident_build_;
};

} // namespace code_runner
