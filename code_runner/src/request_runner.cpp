#include "request_runner.hpp"

#include "failure.hpp"
#include "frame.hpp"
#include "live_channel.hpp"
#include "seal.hpp"
#include "stage_loop.hpp"
#include "work_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;

constexpr const char* bootstrap_path = "/bootstrap.tar.gz";
constexpr auto patience_for_killing = std::chrono::seconds{1};
/// How often the memory of programs is looked at. Interactive runs are many, and mostly idle.
constexpr auto sample_interval = std::chrono::milliseconds{10};
constexpr auto interactive_sample_interval = std::chrono::milliseconds{100};
constexpr std::size_t sum_size = 8;
constexpr const char* terminal_type = "xterm-256color";

bool has_bootstrap() {
    return ::access(bootstrap_path, F_OK) == 0;
}

/// The input of a resident build: the words of the command after its name, each ended by NUL.
std::string arguments_of(const words& command) {
    std::string result;
    for (std::size_t index = 1; index < command.size(); ++index)
        result.append(command[index]).push_back('\0');
    return result;
}

/// A copy of one of the standard descriptors. No program inherits it, and it is not put away with them.
unique_fd duplicate_of(int descriptor) {
    return unique_fd{::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
}

bool has_terminal(const run_surroundings& around) {
    return around.caller != nullptr && around.caller->terminal() != nullptr;
}

} // namespace

request_runner::request_runner(const runner_settings& settings, const image_recipe& recipe,
                               const program_launcher& launcher, child_reaper& reaper)
    : settings_{settings}, recipe_{recipe}, launcher_{launcher}, reaper_{reaper}, usage_{reaper} {
    if (!settings.prestart || has_bootstrap())
        return;
    waiting_program_ = start_waiting_program(recipe, launcher, reaper);
    resident_build_ = start_resident_build(recipe, launcher, reaper);
}

std::string request_runner::answer(const request_document& document) {
    stage_output output{settings_.output_limit - answer_overhead_bytes};
    run_clock clock{document.started + settings_.time_limit};
    const stage_verdict verdict = serve(document.text, {output, clock});
    return encode_answer(verdict, output.out(), output.errors(), settings_.output_limit);
}

std::string request_runner::live_answer(framed_request request) {
    const run_options& options = request.options;
    live_channel channel{duplicate_of(STDERR_FILENO)};
    stage_output output{settings_.output_limit - answer_overhead_bytes, &channel};
    const auto time_limit = options.wall_time.value_or(settings_.time_limit);
    run_clock clock{request.document.started, time_limit, options.limits, usage_};
    std::optional<caller_input> caller;
    if (options.interactive)
        caller.emplace(duplicate_of(STDIN_FILENO), std::move(request.received), options.window);

    const stage_verdict verdict = serve(request.document.text, {output, clock, caller ? &*caller : nullptr});
    channel.flush(time_limit + usual_patience); // the daemon reads on at its own time limit, or ends the run
    return encode_frame(protocol::sealed_frame::answer,
                        big_endian(channel.output_bytes(), sum_size) +
                            big_endian(channel.error_bytes(), sum_size) +
                            encode_live_answer(verdict, output.out(), output.errors()));
}

stage_verdict request_runner::serve(std::string_view document, const run_surroundings& around) {
    const caller_request request = parse_request(document, recipe_.language);
    const run_plan plan = make_plan(request, recipe_, around.output.mode());

    if (around.caller != nullptr)
        around.caller->begin_with(request.input);

    settle_prestarted(plan, request, has_terminal(around));
    unpack_bootstrap(around.clock);
    for (const source_file& file : request.files)
        write_file(file);

    usage_.start();
    for (const auto* early : {&waiting_program_, &resident_build_})
        if (*early)
            usage_.forget((*early)->child.pid);

    descriptor_seal seal;
    stage_verdict verdict;
    try {
        around.output.acknowledge();
        verdict = execute(plan, request, around);
    } catch (...) {
        reaper_.end_all(clock::now() + patience_for_killing);
        seal.open(); // the report of the failure needs stdout or stderr
        throw;
    }
    reaper_.end_all(clock::now() + patience_for_killing);
    seal.open();

    verdict.cpu_time = usage_.cpu_time();
    verdict.maximum_memory = usage_.maximum_memory();
    return verdict;
}

void request_runner::unpack_bootstrap(run_clock& clock) {
    if (!has_bootstrap())
        return;

    stage_output output{answer_overhead_bytes};
    const run_surroundings around{output, clock};
    child_process tar = start({"tar", "-zxf", bootstrap_path}, around);
    if (tar.error_number != 0)
        throw system_failure("Failed to unpack bootstrap file", tar.error_number);
    input_feed input{std::move(tar.input), {}};
    input_feed script;
    const stage_end end = wait_for(tar, input, script, around);
    if (end.why != stage_end::reason::exited || end.wait_status != 0)
        throw failure{"Failed to unpack bootstrap file: " + output.errors().encoded()};
}

void request_runner::settle_prestarted(const run_plan& plan, const caller_request& request,
                                       bool on_terminal) {
    if (waiting_program_) {
        const bool suits = !on_terminal && suits_prestarted(plan, request, recipe_);
        if (!suits)
            discard_waiting_program(*waiting_program_, recipe_, reaper_);
        if (!suits || !claim_waiting_program(*waiting_program_, recipe_, reaper_))
            waiting_program_.reset();
    }

    if (!resident_build_)
        return;
    reaper_.reap();
    const bool suits = suits_resident_build(plan, request, recipe_);
    if (suits && !reaper_.status_of(resident_build_->child.pid))
        return;
    reaper_.end(resident_build_->child.pid, clock::now() + patience_for_killing);
    resident_build_.reset();
}

stage_verdict request_runner::execute(const run_plan& plan, const caller_request& request,
                                      const run_surroundings& around) {
    const limit_watch limits;
    for (const words& command : plan.build) {
        stage_verdict built = build(command, limits, around);
        if (built.status != program_status::ok)
            return built;
    }
    return run(plan, request, limits, around);
}

stage_verdict request_runner::build(const words& command, const limit_watch& limits,
                                    const run_surroundings& around) {
    begin_stage(program_stage::build, around);
    child_process child = resident_build_ ? std::move(resident_build_->child) : start(command, around);
    if (child.error_number != 0)
        return verdict_of_failed_start(program_stage::build, child.error_number);

    const std::string arguments = resident_build_ ? arguments_of(command) : std::string{};
    input_feed input{std::move(child.input), arguments};
    input_feed script;
    const stage_end end = wait_for(child, input, script, around);
    return verdict_of(program_stage::build, end, limits.reached());
}

stage_verdict request_runner::run(const run_plan& plan, const caller_request& request,
                                  const limit_watch& limits, const run_surroundings& around) {
    begin_stage(program_stage::run, around);
    child_process child = waiting_program_ ? std::move(waiting_program_->child) : start_run(plan.run, around);
    if (child.error_number != 0)
        return verdict_of_failed_start(program_stage::run, child.error_number);

    input_feed script;
    if (waiting_program_)
        script = {std::move(waiting_program_->script), request.files.front().content};
    input_feed text;
    if (around.caller == nullptr)
        text = {std::move(child.input), request.input};
    else
        around.caller->input().connect(std::move(child.input));
    const stage_end end =
        wait_for(child, around.caller == nullptr ? text : around.caller->input(), script, around);
    return verdict_of(program_stage::run, end, limits.reached());
}

void request_runner::begin_stage(program_stage stage, const run_surroundings& around) {
    usage_.start_stage(around.caller == nullptr ? sample_interval : interactive_sample_interval);
    around.output.begin(stage, around.clock.deadline());
}

/// The caller's signals are for all processes of a command, and not for the runner.
child_process request_runner::start(const words& command, const run_surroundings& around) {
    const bool is_interactive = around.caller != nullptr;
    return watched(
        launcher_.start(command, is_interactive ? program_session::own : program_session::runners));
}

/// With the terminal of the run, if it has one.
child_process request_runner::start_run(const words& command, const run_surroundings& around) {
    if (!has_terminal(around))
        return start(command, around);
    ::setenv("TERM", terminal_type, 1);
    return watched(launcher_.start(command, *around.caller->terminal()));
}

child_process request_runner::watched(child_process child) {
    if (child.error_number == 0)
        reaper_.watch(child.pid);
    return child;
}

stage_end request_runner::wait_for(child_process& child, input_feed& input, input_feed& script,
                                   const run_surroundings& around) {
    return run_stage({child, input, script, around.output, around.caller, around.clock, reaper_, usage_});
}

} // namespace code_runner
