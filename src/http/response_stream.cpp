#include "http/response_stream.hpp"

#include <boost/system/system_error.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";

std::string chunk_head(std::size_t size) {
    std::array<char, 2 * sizeof size> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), size, 16).ptr;
    return std::string(digits.begin(), end).append(line_end);
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
    co_await write(head, {}, {});
}

asio::awaitable<void> response_stream::send(std::string_view piece) {
    if (piece.empty() || !with_body_)
        co_return;
    if (!is_chunked_) {
        co_await write({}, piece, {});
        co_return;
    }
    const std::string head = chunk_head(piece.size());
    co_await write(head, piece, line_end);
}

asio::awaitable<void> response_stream::end() {
    if (is_chunked_ && with_body_)
        co_await write(last_chunk, {}, {});
    progress_ = progress::ended;
}

asio::awaitable<void> response_stream::write(std::string_view head, std::string_view body,
                                             std::string_view tail) {
    boost::system::error_code error;
    caller_.expires_after(write_timeout_);
    co_await caller_.write({head, body, tail}, error);
    caller_.never_expires();
    if (!error)
        co_return;
    progress_ = progress::failed;
    throw boost::system::system_error(error);
}

} // namespace docker_run::http
