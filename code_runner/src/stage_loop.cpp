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

/// Reads once. Returns the number of bytes, 0 if there are none now. Closes the pipe at its end.
std::size_t read_some(unique_fd& pipe, output_text& text) {
    char buffer[64 * 1024];
    const ssize_t count = ::read(pipe.get(), buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (count <= 0) {
        pipe.reset();
        return 0;
    }
    text.append({buffer, static_cast<std::size_t>(count)});
    return static_cast<std::size_t>(count);
}

/// Reads the data in the pipe, but at most the capacity of the pipe: other processes may go on filling it.
void drain(unique_fd& pipe, output_text& text) {
    const int capacity = pipe ? ::fcntl(pipe.get(), F_GETPIPE_SZ) : 0;
    auto rest = static_cast<std::size_t>(std::max(capacity, 0));
    while (rest > 0) {
        const std::size_t count = read_some(pipe, text);
        if (count == 0)
            return;
        rest -= std::min(rest, count);
    }
}

timespec time_left(clock::time_point deadline) {
    const auto left = std::max(deadline - clock::now(), clock::duration{0});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    return {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
}

/// Waits once, then handles everything that is ready.
void turn(child_process& child, pipe_feed& input, pipe_feed& script, captured_output& outputs,
          child_reaper& reaper, clock::time_point wake_up) {
    pollfd fds[] = {{.fd = child.output.get(), .events = POLLIN, .revents = 0},
                    {.fd = child.errors.get(), .events = POLLIN, .revents = 0},
                    {.fd = input.target.get(), .events = POLLOUT, .revents = 0},
                    {.fd = script.target.get(), .events = POLLOUT, .revents = 0},
                    {.fd = reaper.descriptor(), .events = POLLIN, .revents = 0}};
    const timespec timeout = time_left(wake_up);
    if (::ppoll(fds, std::size(fds), &timeout, nullptr) < 0) {
        if (errno != EINTR)
            throw system_failure("Failed to wait for the program", errno);
        return;
    }

    if (fds[0].revents != 0)
        read_some(child.output, outputs.out);
    if (fds[1].revents != 0)
        read_some(child.errors, outputs.errors);
    if (fds[2].revents != 0)
        write_some(input);
    if (fds[3].revents != 0)
        write_some(script);
    if (fds[4].revents != 0)
        reaper.reap();
}

} // namespace

stage_end run_stage(child_process& child, pipe_feed input, pipe_feed script, captured_output& outputs,
                    child_reaper& reaper, usage_meter& usage, clock::time_point deadline) {
    const auto started = clock::now();
    stage_end end;
    write_some(script);
    write_some(input);
    while (true) {
        if (const auto status = reaper.status_of(child.pid)) {
            end.wait_status = *status;
            break;
        }
        if (outputs.is_full()) {
            end.why = stage_end::reason::output;
            break;
        }
        if (clock::now() >= deadline) {
            end.why = stage_end::reason::time;
            break;
        }
        turn(child, input, script, outputs, reaper, std::min(deadline, usage.next_sample()));
        usage.sample();
    }
    end.duration = clock::now() - started;

    drain(child.output, outputs.out);
    drain(child.errors, outputs.errors);
    outputs.out.finish();
    outputs.errors.finish();
    return end;
}

} // namespace code_runner
