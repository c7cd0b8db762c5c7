#include "http/response_stream.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";
constexpr std::string_view line_end_and_last_chunk = "\r\n0\r\n\r\n";

std::string chunk_head(std::size_t size) {
    std::array<char, 2 * sizeof size> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), size, 16).ptr;
    return std::string(digits.begin(), end).append(line_end);
}

std::string_view chunk_tail(bool is_empty, bool is_end) {
    if (is_empty)
        return is_end ? last_chunk : std::string_view();
    return is_end ? line_end_and_last_chunk : line_end;
}

/// Removes `size` bytes from the front of the parts.
void drop_front(std::array<std::string_view, 3>& parts, std::size_t size) {
    for (auto& each : parts) {
        const auto dropped = std::min(size, each.size());
        each.remove_prefix(dropped);
        size -= dropped;
    }
}

} // namespace

response_stream::response_stream(connection& caller, const request_head& request,
                                 std::chrono::seconds write_timeout, head_maker make_head)
    : caller_(caller), write_timeout_(write_timeout), make_head_(std::move(make_head)),
      is_chunked_(request.minor_version > 0), with_body_(request.verb != boost::beast::http::verb::head) {}

asio::awaitable<void> response_stream::begin(response message) {
    const std::string head =
        make_head_(message, is_chunked_ ? body_length::chunked : body_length::until_close);
    progress_ = progress::begun;
    co_await write(head, message.body, false);
}

asio::awaitable<void> response_stream::send(std::string_view piece) {
    co_await write({}, piece, false);
}

asio::awaitable<void> response_stream::end(std::string_view piece) {
    co_await write({}, piece, true);
    progress_ = progress::ended;
}

void response_stream::hurry(std::chrono::milliseconds time) {
    deadline_ = connection::clock::now() + time;
}

asio::awaitable<void> response_stream::write(std::string_view head, std::string_view piece, bool is_end) {
    if (!with_body_)
        piece = {};
    std::string front(head);
    std::string_view tail;
    if (is_chunked_ && with_body_) {
        tail = chunk_tail(piece.empty(), is_end);
        if (!piece.empty())
            front += chunk_head(piece.size());
    }
    std::array<std::string_view, 3> parts{front, piece, tail};
    boost::system::error_code error;
    for (auto left = front.size() + piece.size() + tail.size(); left > 0 && !error;) {
        caller_.expires_after(
            std::min<connection::clock::duration>(write_timeout_, deadline_ - connection::clock::now()));
        const auto size = co_await caller_.write_some(parts, error);
        drop_front(parts, size);
        left -= size;
    }
    caller_.never_expires();
    if (!error)
        co_return;
    progress_ = progress::failed;
    throw boost::system::system_error(error);
}

} // namespace docker_run::http
