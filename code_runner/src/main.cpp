#include "child_reaper.hpp"
#include "failure.hpp"
#include "frame.hpp"
#include "input.hpp"
#include "process.hpp"
#include "recipe.hpp"
#include "request_runner.hpp"
#include "runner_settings.hpp"
#include "system_call_filter.hpp"
#include "work_directory.hpp"
#include "write_all.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <exception>
#include <string>

namespace {

using namespace code_runner;

/// Closes everything except stdin, stdout and stderr, and opens /dev/null for each of these that is closed.
void tidy_descriptors() {
    ::close_range(3, UINT_MAX, 0);
    int fd = 0;
    do
        fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    while (fd >= 0 && fd <= STDERR_FILENO);
    ::close(fd);
}

/// What the runner writes at its end, and its exit status.
struct reply {
    int descriptor;
    std::string text;
    int status;
};

constexpr int success = 0;
constexpr int refusal = 1;

/// Fails on a kernel that cannot filter, unless the operator allows programs to run on it.
void filter_programs(const runner_settings& settings) {
    try {
        filter_system_calls();
    } catch (const failure&) {
        if (!settings.runs_unfiltered)
            throw;
    }
}

/// Programs must not outlive a request that cannot be served, nor the runner.
void end_programs(child_reaper& reaper) {
    reaper.end_all(std::chrono::steady_clock::now() + std::chrono::seconds{1});
}

/// In the second protocol a failure is a frame, too.
reply serve_frames(request_reader& reader, request_runner& runner, child_reaper& reaper) {
    try {
        return {STDOUT_FILENO, runner.live_answer(reader.read_frames()), success};
    } catch (const std::exception& error) {
        end_programs(reaper);
        return {STDOUT_FILENO, encode_frame(protocol::sealed_frame::failure, error.what()), refusal};
    }
}

reply serve(const runner_settings& settings, child_reaper& reaper) {
    enter_work_directory(settings.work_path);
    const image_recipe recipe = load_recipe(settings.recipe_path);
    const program_launcher launcher; // opens a file that belongs to root after PR_SET_DUMPABLE
    // Denies programs ptrace(2), pidfd_getfd(2) and access to the runner's /proc/PID/{fd,mem,environ}.
    ::prctl(PR_SET_DUMPABLE, 0);
    filter_programs(settings);

    request_runner runner{settings, recipe, launcher, reaper};
    request_reader reader{STDIN_FILENO, settings.time_limit};
    if (reader.expects_frames())
        return serve_frames(reader, runner, reaper);
    return {STDOUT_FILENO, runner.answer(reader.read_document()), success};
}

reply run(int argument_count, char** arguments) {
    try {
        const runner_settings settings = take_settings(argument_count, arguments);
        child_reaper reaper;
        try {
            return serve(settings, reaper);
        } catch (...) {
            end_programs(reaper);
            throw;
        }
    } catch (const std::exception& error) {
        return {STDERR_FILENO, std::string{error.what()} + "\n", refusal};
    }
}

/// A closed pipe must not kill the runner: a write to it then only fails.
void ignore_broken_pipes() {
    ::signal(SIGPIPE, SIG_IGN);
}

} // namespace

int main(int argument_count, char** arguments) {
    tidy_descriptors();
    ignore_broken_pipes();
    const reply reply = run(argument_count, arguments);
    return write_all(reply.descriptor, reply.text) ? reply.status : refusal;
}
