#include "caller_input.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace code_runner {
namespace {

using protocol::task_frame;

failure malformed_frame(const std::string& what) {
    return failure{"Failed to read the caller's input, " + what};
}

int signal_of(std::string_view name) {
    if (name == "INT")
        return SIGINT;
    if (name == "TERM")
        return SIGTERM;
    if (name == "KILL")
        return SIGKILL;
    throw malformed_frame("the signal is not INT, TERM or KILL");
}

/// Two numbers of 2 bytes, big-endian.
window_size window_of(std::string_view content) {
    if (content.size() != 4)
        throw malformed_frame("the size of the window is not four bytes");
    const auto number = [content](std::size_t position) {
        const auto high = static_cast<unsigned char>(content[position]);
        const auto low = static_cast<unsigned char>(content[position + 1]);
        return static_cast<std::uint16_t>(high << 8 | low);
    };
    return {number(0), number(2)};
}

/// As a key of the terminal would: to its foreground group. Other programs get it with their whole group, if
/// they lead one.
void send_signal(int signal, const child_process& program, const pseudo_terminal* terminal) {
    const pid_t foreground = terminal == nullptr ? 0 : terminal->foreground_group();
    if (foreground > 1)
        ::kill(-foreground, signal);
    else
        ::kill(program.leads_group ? -program.pid : program.pid, signal);
}

} // namespace

caller_input::caller_input(unique_fd stream, std::string received, std::optional<window_size> window)
    : stream_{std::move(stream)}, received_{std::move(received)} {
    ::fcntl(stream_.get(), F_SETFL, ::fcntl(stream_.get(), F_GETFL) | O_NONBLOCK);
    if (window)
        terminal_.emplace(*window);
}

void caller_input::begin_with(std::string_view text) {
    input_.begin_with(text);
    if (!text.empty())
        last_typed_ = text.back();
}

bool caller_input::read_some(const child_process& program) {
    char buffer[64 * 1024];
    const ssize_t count = ::read(stream_.get(), buffer, std::min(sizeof buffer, input_.room()));
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (count <= 0) {
        stream_.reset();
        if (!has_ended_)
            end_input();
        return false;
    }
    received_.append(buffer, static_cast<std::size_t>(count));
    return carry_out(program);
}

bool caller_input::carry_out(const child_process& program) {
    bool has_input = false;
    std::string_view rest{received_};
    while (const auto frame = frames_.next(rest))
        has_input = carry_out(*frame, program) || has_input;
    received_.clear();
    return has_input;
}

bool caller_input::carry_out(const received_frame& frame, const child_process& program) {
    switch (frame.type) {
    case task_frame::input:
        type(frame.content);
        return !frame.content.empty();
    case task_frame::end_of_input:
        end_input();
        return false;
    case task_frame::signal:
        send_signal(signal_of(frame.content), program, terminal());
        return false;
    case task_frame::window:
        if (const window_size size = window_of(frame.content); terminal_)
            terminal_->resize(size);
        return false;
    case task_frame::options:
    case task_frame::payload:
        break;
    }
    throw malformed_frame("a second request has arrived");
}

void caller_input::type(std::string_view bytes) {
    if (bytes.empty())
        return;
    input_.append(bytes);
    last_typed_ = bytes.back();
    has_ended_ = false;
}

/// On a terminal the end is a key. After an unfinished line the first one only hands this line over.
void caller_input::end_input() {
    has_ended_ = true;
    if (!terminal_) {
        input_.end();
        return;
    }
    const char key = terminal_->end_of_input();
    const bool is_line_empty = last_typed_ == '\n' || last_typed_ == '\r' || last_typed_ == key;
    input_.append(std::string(is_line_empty ? 1 : 2, key));
    last_typed_ = key;
}

} // namespace code_runner
