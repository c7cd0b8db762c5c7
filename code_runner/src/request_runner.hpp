#pragma once

#include "caller_input.hpp"
#include "child_reaper.hpp"
#include "input.hpp"
#include "plan.hpp"
#include "prestart.hpp"
#include "process.hpp"
#include "run_clock.hpp"
#include "runner_settings.hpp"
#include "stage_output.hpp"
#include "usage.hpp"
#include "verdict.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace code_runner {

/// Where the output of a run goes, when its time is over, and what its caller sends meanwhile.
struct run_surroundings {
    stage_output& output;
    run_clock& clock;
    caller_input* caller = nullptr; ///< of an interactive run
};

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

    /// The same in the second protocol: output goes to stderr as frames while commands run, an interactive
    /// run gets its input from stdin, and the result is the frame of the answer. It is returned when all
    /// output has been written.
    std::string live_answer(framed_request request);

  private:
    stage_verdict serve(std::string_view document, const run_surroundings& around);
    void unpack_bootstrap(run_clock& clock);
    void settle_prestarted(const run_plan& plan, const caller_request& request, bool on_terminal);
    stage_verdict execute(const run_plan& plan, const caller_request& request,
                          const run_surroundings& around);
    stage_verdict build(const words& command, const limit_watch& limits, const run_surroundings& around);
    stage_verdict run(const run_plan& plan, const caller_request& request, const limit_watch& limits,
                      const run_surroundings& around);
    void begin_stage(program_stage stage, const run_surroundings& around);
    child_process start(const words& command, const run_surroundings& around);
    child_process start_run(const words& command, const run_surroundings& around);
    child_process watched(child_process child);
    stage_end wait_for(child_process& child, input_feed& input, input_feed& script,
                       const run_surroundings& around);

    const runner_settings& settings_;
    const image_recipe& recipe_;
    const program_launcher& launcher_;
    child_reaper& reaper_;
    usage_meter usage_;
    std::optional<prestarted_program> waiting_program_;
    std::optional<prestarted_program> resident_build_;
};

} // namespace code_runner
