#include "input.hpp"

#include "document_scanner.hpp"
#include "failure.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t maximum_request_bytes = std::size_t{64} * 1024 * 1024;

/// Milliseconds for poll(2), rounded up; -1 while nothing has arrived.
int timeout_of(const request_document& document, std::chrono::milliseconds time_limit) {
    if (document.text.empty())
        return -1;
    const auto left = document.started + time_limit - clock::now();
    return static_cast<int>(std::max<long>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
}

/// False at the end of the stream.
bool read_more(int descriptor, request_document& document) {
    char buffer[64 * 1024];
    const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
    if (count < 0 && errno != EINTR && errno != EAGAIN)
        throw system_failure("Failed to read the request", errno);
    if (count > 0 && document.text.empty())
        document.started = clock::now();
    if (count > 0)
        document.text.append(buffer, static_cast<std::size_t>(count));
    return count != 0;
}

} // namespace

request_document read_document(int descriptor, std::chrono::milliseconds time_limit) {
    request_document result;
    document_scanner scanner;
    while (true) {
        pollfd input{.fd = descriptor, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&input, 1, timeout_of(result, time_limit));
        if (ready == 0)
            throw failure{"Failed to read the request, it is not complete at the time limit"};
        if (ready < 0 && errno != EINTR)
            throw system_failure("Failed to wait for the request", errno);
        if (ready < 0)
            continue;

        const std::size_t known = result.text.size();
        if (!read_more(descriptor, result))
            throw failure{"Failed to parse request json, it ends before it is complete"};

        const auto state = scanner.feed(std::string_view{result.text}.substr(known));
        if (state == document_scanner::state::not_an_object)
            throw failure{"Failed to parse request json, it is not an object"};
        if (scanner.size() > maximum_request_bytes)
            throw failure{"Failed to read the request, it is larger than 64 MiB"};
        if (state == document_scanner::state::complete) {
            result.text.resize(scanner.size());
            return result;
        }
    }
}

} // namespace code_runner
