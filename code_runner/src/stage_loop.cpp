#include "stage_loop.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;

/// Reads at most `size` bytes, once. Returns the number of bytes, 0 if there are none now. Closes the pipe at
/// its end.
std::size_t read_some(unique_fd& pipe, std::size_t size, stage_output& output, stage_output::stream stream) {
    char buffer[64 * 1024];
    const ssize_t count = ::read(pipe.get(), buffer, std::min(size, sizeof buffer));
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (count <= 0) {
        pipe.reset();
        return 0;
    }
    output.take(stream, {buffer, static_cast<std::size_t>(count)});
    return static_cast<std::size_t>(count);
}

/// Reads the data that has already been printed, but at most as much as there can be: other processes may go
/// on printing.
void drain(unique_fd& pipe, stage_output& output, stage_output::stream stream) {
    if (!pipe)
        return;
    constexpr std::size_t capacity_of_terminal = std::size_t{64} * 1024;
    const int capacity = ::fcntl(pipe.get(), F_GETPIPE_SZ);
    std::size_t rest = capacity > 0 ? static_cast<std::size_t>(capacity) : capacity_of_terminal;
    while (rest > 0) {
        const std::size_t count = read_some(pipe, rest, output, stream);
        if (count == 0)
            return;
        rest -= count;
    }
}

timespec time_left(clock::time_point deadline) {
    const auto left = std::max(deadline - clock::now(), clock::duration{0});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    return {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
}

/// Waits once, then handles everything that is ready. Returns whether there was input or output.
bool turn(const running_stage& stage) {
    child_process& child = stage.child;
    // Both streams get half, so that neither holds up the other. While there is no room, the program waits.
    const std::size_t share = stage.output.room() / 2;
    const auto if_room = [share](const unique_fd& pipe) { return share > 0 ? pipe.get() : -1; };
    const int caller = stage.caller == nullptr ? -1 : stage.caller->descriptor();
    pollfd fds[] = {{.fd = if_room(child.output), .events = POLLIN, .revents = 0},
                    {.fd = if_room(child.errors), .events = POLLIN, .revents = 0},
                    {.fd = stage.input.descriptor(), .events = POLLOUT, .revents = 0},
                    {.fd = stage.script.descriptor(), .events = POLLOUT, .revents = 0},
                    {.fd = stage.output.descriptor(), .events = POLLOUT, .revents = 0},
                    {.fd = caller, .events = POLLIN, .revents = 0},
                    {.fd = stage.reaper.descriptor(), .events = POLLIN, .revents = 0}};
    const timespec timeout = time_left(std::min(stage.clock.next_check(), stage.usage.next_sample()));
    if (::ppoll(fds, std::size(fds), &timeout, nullptr) < 0) {
        if (errno != EINTR)
            throw system_failure("Failed to wait for the program", errno);
        return false;
    }

    std::size_t printed = 0;
    if (fds[0].revents != 0)
        printed += read_some(child.output, share, stage.output, stage_output::stream::out);
    if (fds[1].revents != 0)
        printed += read_some(child.errors, share, stage.output, stage_output::stream::errors);
    const bool typed = fds[5].revents != 0 && stage.caller->read_some(child);
    if (fds[2].revents != 0 || typed)
        stage.input.write_some();
    if (fds[3].revents != 0)
        stage.script.write_some();
    if (fds[6].revents != 0)
        stage.reaper.reap();
    stage.output.write_some();
    return printed > 0 || typed;
}

} // namespace

stage_end run_stage(const running_stage& stage) {
    const auto started = clock::now();
    stage_end end;
    if (stage.caller != nullptr && stage.caller->carry_out(stage.child))
        stage.clock.note_traffic();
    stage.script.write_some();
    stage.input.write_some();
    while (true) {
        if (const auto status = stage.reaper.status_of(stage.child.pid)) {
            end.wait_status = *status;
            break;
        }
        if (stage.output.is_full()) {
            end.why = stage_end::reason::output;
            break;
        }
        if (const auto limit = stage.clock.reached_limit()) {
            end.why = *limit;
            break;
        }
        if (turn(stage))
            stage.clock.note_traffic();
        stage.usage.sample();
    }
    end.duration = clock::now() - started;

    drain(stage.child.output, stage.output, stage_output::stream::out);
    drain(stage.child.errors, stage.output, stage_output::stream::errors);
    stage.output.finish();
    return end;
}

} // namespace code_runner
