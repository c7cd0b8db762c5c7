#include "input.hpp"

#include "document_scanner.hpp"
#include "failure.hpp"
#include "request.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;

} // namespace

request_reader::request_reader(int descriptor, std::chrono::milliseconds time_limit)
    : descriptor_{descriptor}, time_limit_{time_limit} {}

/// For poll(2), rounded up; -1 while nothing has arrived.
int request_reader::milliseconds_left() const {
    if (!has_started_)
        return -1;
    const auto left = started_ + time_limit_ - clock::now();
    return static_cast<int>(std::max<long>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
}

void request_reader::read_more() {
    while (true) {
        pollfd input{.fd = descriptor_, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&input, 1, milliseconds_left());
        if (ready == 0)
            throw failure{"Failed to read the request, it is not complete at the time limit"};
        if (ready < 0 && errno != EINTR)
            throw system_failure("Failed to wait for the request", errno);
        if (ready < 0)
            continue;

        char buffer[64 * 1024];
        const ssize_t count = ::read(descriptor_, buffer, sizeof buffer);
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            throw system_failure("Failed to read the request", errno);
        if (count == 0)
            throw failure{"Failed to parse request json, it ends before it is complete"};
        if (count < 0)
            continue;
        if (!std::exchange(has_started_, true))
            started_ = clock::now();
        data_.append(buffer, static_cast<std::size_t>(count));
        return;
    }
}

bool request_reader::expects_frames() {
    read_more();
    return data_.front() == protocol::greeting.front();
}

request_document request_reader::read_document() {
    document_scanner scanner;
    std::size_t known = 0;
    while (true) {
        const auto state = scanner.feed(std::string_view{data_}.substr(known));
        if (state == document_scanner::state::not_an_object)
            throw failure{"Failed to parse request json, it is not an object"};
        if (scanner.size() > maximum_request_bytes)
            throw failure{"Failed to read the request, it is larger than 64 MiB"};
        if (state == document_scanner::state::complete)
            break;
        known = data_.size();
        read_more();
    }
    data_.resize(scanner.size());
    return {std::exchange(data_, {}), started_};
}

void request_reader::skip_greeting() {
    while (data_.size() < protocol::greeting.size() && protocol::greeting.starts_with(data_))
        read_more();
    if (!data_.starts_with(protocol::greeting))
        throw failure{"Failed to read the request, its first line is not that of a known protocol"};
    data_.erase(0, protocol::greeting.size());
}

std::string request_reader::read_frame(protocol::task_frame type) {
    while (true) {
        std::string_view rest{data_};
        auto frame = frames_.next(rest);
        data_.erase(0, data_.size() - rest.size());
        if (frame && frame->type == type)
            return std::move(frame->content);
        if (frame)
            throw failure{"Failed to read the request, its frames are not in order"};
        read_more();
    }
}

framed_request request_reader::read_frames() {
    skip_greeting();
    framed_request result;
    result.options = parse_options(read_frame(protocol::task_frame::options));
    result.document = {read_frame(protocol::task_frame::payload), started_};
    result.received = std::exchange(data_, {});
    return result;
}

} // namespace code_runner
