#include "stage_loop.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;

void write_some(pipe_feed& feed) {
    if (!feed.rest.empty()) {
        const ssize_t count = ::write(feed.target.get(), feed.rest.data(), feed.rest.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        // A program may leave its input unread (EPIPE).
        feed.rest.remove_prefix(count < 0 ? feed.rest.size() : static_cast<std::size_t>(count));
    }
    if (feed.rest.empty())
        feed.target.reset();
}

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

/// Reads the data in the pipe, but at most the capacity of the pipe: other processes may go on filling it.
void drain(unique_fd& pipe, stage_output& output, stage_output::stream stream) {
    const int capacity = pipe ? ::fcntl(pipe.get(), F_GETPIPE_SZ) : 0;
    auto rest = static_cast<std::size_t>(std::max(capacity, 0));
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

/// Waits once, then handles everything that is ready.
void turn(running_stage& stage, clock::time_point wake_up) {
    child_process& child = stage.child;
    // Both streams get half, so that neither holds up the other. While there is no room, the program waits.
    const std::size_t share = stage.output.room() / 2;
    const auto if_room = [share](const unique_fd& pipe) { return share > 0 ? pipe.get() : -1; };
    pollfd fds[] = {{.fd = if_room(child.output), .events = POLLIN, .revents = 0},
                    {.fd = if_room(child.errors), .events = POLLIN, .revents = 0},
                    {.fd = stage.input.target.get(), .events = POLLOUT, .revents = 0},
                    {.fd = stage.script.target.get(), .events = POLLOUT, .revents = 0},
                    {.fd = stage.reaper.descriptor(), .events = POLLIN, .revents = 0},
                    {.fd = stage.output.descriptor(), .events = POLLOUT, .revents = 0}};
    const timespec timeout = time_left(wake_up);
    if (::ppoll(fds, std::size(fds), &timeout, nullptr) < 0) {
        if (errno != EINTR)
            throw system_failure("Failed to wait for the program", errno);
        return;
    }

    if (fds[0].revents != 0)
        read_some(child.output, share, stage.output, stage_output::stream::out);
    if (fds[1].revents != 0)
        read_some(child.errors, share, stage.output, stage_output::stream::errors);
    if (fds[2].revents != 0)
        write_some(stage.input);
    if (fds[3].revents != 0)
        write_some(stage.script);
    if (fds[4].revents != 0)
        stage.reaper.reap();
    stage.output.write_some();
}

} // namespace

stage_end run_stage(running_stage stage) {
    const auto started = clock::now();
    stage_end end;
    write_some(stage.script);
    write_some(stage.input);
    while (true) {
        if (const auto status = stage.reaper.status_of(stage.child.pid)) {
            end.wait_status = *status;
            break;
        }
        if (stage.output.is_full()) {
            end.why = stage_end::reason::output;
            break;
        }
        if (clock::now() >= stage.deadline) {
            end.why = stage_end::reason::time;
            break;
        }
        turn(stage, std::min(stage.deadline, stage.usage.next_sample()));
        stage.usage.sample();
    }
    end.duration = clock::now() - started;

    drain(stage.child.output, stage.output, stage_output::stream::out);
    drain(stage.child.errors, stage.output, stage_output::stream::errors);
    stage.output.finish();
    return end;
}

} // namespace code_runner
