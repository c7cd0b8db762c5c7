#include "request_runner.hpp"

#include "failure.hpp"
#include "frame.hpp"
#include "live_channel.hpp"
#include "seal.hpp"
#include "work_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;

constexpr const char* bootstrap_path = "/bootstrap.tar.gz";
constexpr auto patience_for_killing = std::chrono::seconds{1};

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
    const stage_verdict verdict = serve(document.text, output, document.started + settings_.time_limit);
    return encode_answer(verdict, output.out(), output.errors(), settings_.output_limit);
}

std::string request_runner::live_answer(const framed_request& request) {
    live_channel channel{unique_fd{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)}};
    stage_output output{settings_.output_limit - answer_overhead_bytes, &channel};
    const auto time_limit = request.options.wall_time.value_or(settings_.time_limit);
    const stage_verdict verdict = serve(request.document.text, output, request.document.started + time_limit);
    channel.flush();

    const std::size_t sum_size = sizeof(std::uint64_t);
    return encode_frame(protocol::sealed_frame::answer,
                        big_endian(channel.output_bytes(), sum_size) +
                            big_endian(channel.error_bytes(), sum_size) +
                            encode_live_answer(verdict, output.out(), output.errors()));
}

stage_verdict request_runner::serve(std::string_view document, stage_output& output,
                                    clock::time_point deadline) {
    const caller_request request = parse_request(document, recipe_.language);
    const run_plan plan = make_plan(request, recipe_);

    settle_prestarted(plan, request);
    unpack_bootstrap(deadline);
    for (const source_file& file : request.files)
        write_file(file);

    usage_.start();
    for (const auto* early : {&waiting_program_, &resident_build_})
        if (*early)
            usage_.forget((*early)->child.pid);

    const limit_watch limits;
    descriptor_seal seal;
    stage_verdict verdict;
    try {
        output.acknowledge();
        verdict = execute(plan, request, limits, output, deadline);
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

void request_runner::unpack_bootstrap(clock::time_point deadline) {
    if (!has_bootstrap())
        return;

    stage_output output{answer_overhead_bytes};
    child_process tar = start({"tar", "-zxf", bootstrap_path});
    if (tar.error_number != 0)
        throw system_failure("Failed to unpack bootstrap file", tar.error_number);
    const stage_end end = wait_for(tar, {}, {}, output, deadline);
    if (end.why != stage_end::reason::exited || end.wait_status != 0)
        throw failure{"Failed to unpack bootstrap file: " + output.errors().encoded()};
}

void request_runner::settle_prestarted(const run_plan& plan, const caller_request& request) {
    if (waiting_program_) {
        const bool suits = suits_prestarted(plan, request, recipe_);
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
                                      const limit_watch& limits, stage_output& output,
                                      clock::time_point deadline) {
    for (const words& command : plan.build) {
        stage_verdict built = build(command, limits, output, deadline);
        if (built.status != program_status::ok)
            return built;
    }
    return run(plan, request, limits, output, deadline);
}

stage_verdict request_runner::build(const words& command, const limit_watch& limits, stage_output& output,
                                    clock::time_point deadline) {
    usage_.start_stage();
    output.begin(program_stage::build, deadline);
    child_process child = resident_build_ ? std::move(resident_build_->child) : start(command);
    if (child.error_number != 0)
        return verdict_of_failed_start(program_stage::build, child.error_number);

    const std::string input = resident_build_ ? arguments_of(command) : std::string{};
    const stage_end end = wait_for(child, {std::move(child.input), input}, {}, output, deadline);
    return verdict_of(program_stage::build, end, limits.reached());
}

stage_verdict request_runner::run(const run_plan& plan, const caller_request& request,
                                  const limit_watch& limits, stage_output& output,
                                  clock::time_point deadline) {
    usage_.start_stage();
    output.begin(program_stage::run, deadline);
    pipe_feed script;
    child_process child;
    if (waiting_program_) {
        child = std::move(waiting_program_->child);
        script = {std::move(waiting_program_->script), request.files.front().content};
    } else {
        child = start(plan.run);
    }
    if (child.error_number != 0)
        return verdict_of_failed_start(program_stage::run, child.error_number);

    const stage_end end =
        wait_for(child, {std::move(child.input), request.input}, std::move(script), output, deadline);
    return verdict_of(program_stage::run, end, limits.reached());
}

child_process request_runner::start(const words& command) {
    child_process child = launcher_.start(command);
    if (child.error_number == 0)
        reaper_.watch(child.pid);
    return child;
}

stage_end request_runner::wait_for(child_process& child, pipe_feed input, pipe_feed script,
                                   stage_output& output, clock::time_point deadline) {
    return run_stage({child, std::move(input), std::move(script), output, reaper_, usage_, deadline});
}

} // namespace code_runner
