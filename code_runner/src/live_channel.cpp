#include "live_channel.hpp"

#include "failure.hpp"
#include "frame.hpp"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace code_runner {
namespace {

using protocol::live_frame;
using clock = std::chrono::steady_clock;

constexpr std::size_t buffer_size = std::size_t{64} * 1024;
/// With less room the program waits: many small frames would cost more than the wait.
constexpr std::size_t least_room = std::size_t{8} * 1024;

} // namespace

live_channel::live_channel(unique_fd target) : target_{std::move(target)} {
    ::fcntl(target_.get(), F_SETFL, ::fcntl(target_.get(), F_GETFL) | O_NONBLOCK);
    buffer_.reserve(buffer_size);
}

std::size_t live_channel::room() const {
    const std::size_t used = buffer_.size() - written_ + protocol::frame_head_size;
    return used + least_room > buffer_size ? 0 : buffer_size - used;
}

void live_channel::send(live_frame type, std::string_view content) {
    if (type == live_frame::output)
        output_bytes_ += content.size();
    if (type == live_frame::errors)
        error_bytes_ += content.size();

    buffer_.erase(0, std::exchange(written_, 0));
    do {
        const std::string_view part = content.substr(0, protocol::greatest_frame);
        append_frame(buffer_, static_cast<char>(type), part);
        content.remove_prefix(part.size());
    } while (!content.empty());
}

void live_channel::write_some() {
    if (is_empty())
        return;
    const ssize_t count = ::write(target_.get(), buffer_.data() + written_, buffer_.size() - written_);
    if (count < 0 && errno != EAGAIN && errno != EINTR)
        throw system_failure("Failed to send the output", errno);
    written_ += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
}

void live_channel::wait_for_room(clock::time_point deadline) {
    write_some();
    while (room() == 0) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
        pollfd target{.fd = target_.get(), .events = POLLOUT, .revents = 0};
        if (left <= 0 || (::poll(&target, 1, static_cast<int>(left)) < 0 && errno != EINTR))
            return;
        write_some();
    }
}

void live_channel::flush(std::chrono::milliseconds patience) {
    if (!write_all(target_.get(), std::string_view{buffer_}.substr(written_), patience))
        throw failure{"Failed to send the output, nobody reads it"};
    written_ = buffer_.size();
}

} // namespace code_runner
