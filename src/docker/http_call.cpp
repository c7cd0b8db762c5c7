#include "docker/http_call.hpp"

#include "docker/engine_error.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

#include <optional>

namespace docker_run::docker {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using beast::error_code;
using string_parser = http::response_parser<http::string_body>;
using buffer_parser = http::response_parser<http::buffer_body>;

namespace {

constexpr std::uint32_t max_head_bytes = 16 * 1024;
constexpr std::size_t max_refusal_bytes = 2 * 1024;
constexpr int max_interim_responses = 8;
constexpr std::size_t stream_read_size = 4 * 1024;

[[noreturn]] void throw_io(const char* operation, const error_code& reason) {
    if (reason == asio::error::operation_aborted) // a cancellation is not an error of the engine
        throw boost::system::system_error(reason);
    if (reason == beast::error::timeout)
        throw engine_error(engine_fault::timeout,
                           std::string("the engine did not ") + operation + " in time");
    throw engine_error(engine_fault::broken,
                       std::string("the engine did not ") + operation + ": " + reason.message());
}

http::request<http::string_body> make_request(const http_call& call, bool upgrade) {
    http::request<http::string_body> request(call.method, call.target, 11);
    request.set(http::field::host, "docker");
    if (upgrade) {
        request.set(http::field::connection, "Upgrade");
        request.set(http::field::upgrade, "tcp");
    }
    if (!call.body.empty())
        request.set(http::field::content_type, "application/json");
    request.body() = call.body;
    if (call.method != http::verb::get)
        request.prepare_payload();
    return request;
}

/// Returns whether the engine has taken the whole request. If it has not, it may have refused the request and
/// reset the connection, so there may be a response.
asio::awaitable<bool> write_request(unix_stream& stream, const http_call& call, bool upgrade) {
    const auto request = make_request(call, upgrade);
    stream.expires_at(call.write_deadline);
    error_code failed;
    co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, failed));
    if (failed == beast::error::timeout || failed == asio::error::operation_aborted)
        throw_io("take the request", failed);
    stream.expires_at(call.deadline);
    co_return !failed;
}

asio::awaitable<unix_stream> send(std::string socket_path, const http_call& call, bool upgrade) {
    auto stream = co_await connect_unix(std::move(socket_path), call.write_deadline);
    co_await write_request(stream, call, upgrade);
    co_return stream;
}

/// Reads the head of the final response into `parser`.
template <class Parser>
asio::awaitable<void> receive_head(unix_stream& stream, beast::flat_buffer& buffer,
                                   std::optional<Parser>& parser,
                                   boost::optional<std::uint64_t> max_response_bytes) {
    for (int interim = 0; interim < max_interim_responses; ++interim) {
        parser.emplace();
        parser->header_limit(max_head_bytes);
        parser->body_limit(max_response_bytes);
        error_code failed;
        co_await http::async_read_header(stream, buffer, *parser,
                                         asio::redirect_error(asio::use_awaitable, failed));
        if (failed)
            throw_io("answer", failed);
        const auto status = parser->get().result_int();
        if (status >= 200 || status == 101)
            co_return;
    }
    throw engine_error(engine_fault::broken, "the engine sends interim answers only");
}

asio::awaitable<http_response> receive_rest(unix_stream& stream, beast::flat_buffer& buffer,
                                            string_parser& parser) {
    error_code failed;
    if (!parser.is_done())
        co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
    if (failed)
        throw_io("complete its answer", failed);
    auto message = parser.release();
    http_response response;
    response.status = message.result_int();
    response.body = std::move(message.body());
    response.fields = std::move(message.base());
    co_return response;
}

/// Receives a whole response, and keeps the connection if the engine does.
asio::awaitable<http_response> receive(idle_connections& kept, unix_stream& stream,
                                       beast::flat_buffer& buffer, const http_call& call) {
    std::optional<string_parser> parser;
    co_await receive_head(stream, buffer, parser, call.max_response_bytes);
    const bool keeps = parser->get().keep_alive();
    auto response = co_await receive_rest(stream, buffer, *parser);
    if (keeps && buffer.size() == 0)
        kept.keep(std::move(stream));
    co_return response;
}

/// RFC 9110, 9.2.2.
bool is_idempotent(http::verb method) {
    return method == http::verb::get || method == http::verb::delete_;
}

/// Returns nullopt if the engine has closed the connection and the request may be sent once more.
asio::awaitable<std::optional<http_response>> send_on_kept(idle_connections& kept, unix_stream stream,
                                                           const http_call& call) {
    const bool taken = co_await write_request(stream, call, false);
    beast::flat_buffer buffer;
    std::optional<http_response> response;
    try {
        response = co_await receive(kept, stream, buffer, call);
    } catch (const engine_error& error) {
        const bool is_closed = error.fault() == engine_fault::broken && buffer.size() == 0;
        if (!is_closed || (taken && !is_idempotent(call.method)))
            throw;
    }
    co_return response;
}

} // namespace

asio::awaitable<http_response> send_request(idle_connections& kept, std::string socket_path, http_call call) {
    const auto executor = co_await asio::this_coro::executor;
    if (auto stream = kept.take(executor)) {
        auto response = co_await send_on_kept(kept, std::move(*stream), call);
        if (response)
            co_return std::move(*response);
    }
    auto stream = co_await send(std::move(socket_path), call, false);
    beast::flat_buffer buffer;
    auto response = co_await receive(kept, stream, buffer, call);
    co_return response;
}

asio::awaitable<raw_stream> upgrade(std::string socket_path, http_call call) {
    auto stream = co_await send(std::move(socket_path), call, true);
    beast::flat_buffer buffer;
    std::optional<string_parser> parser;
    co_await receive_head(stream, buffer, parser, call.max_response_bytes);
    const auto status = parser->get().result_int();
    if (status != 101 && status != 200) {
        const auto response = co_await receive_rest(stream, buffer, *parser);
        throw engine_error(engine_fault::refused, refusal_message(response), status);
    }
    raw_stream opened{std::move(stream), beast::buffers_to_string(buffer.data())};
    co_return opened;
}

struct response_reader::state {
    explicit state(unix_stream connected) : stream(std::move(connected)) {}
    unix_stream stream;
    beast::flat_buffer buffer;
    std::optional<buffer_parser> parser;
};

asio::awaitable<response_reader> response_reader::open(std::string socket_path, http_call call) {
    auto stream = co_await send(std::move(socket_path), call, false);
    auto opened = std::make_shared<state>(std::move(stream));
    co_await receive_head(opened->stream, opened->buffer, opened->parser, boost::none);
    const auto status = opened->parser->get().result_int();
    if (status != 200)
        throw engine_error(engine_fault::refused, "the engine answered with status " + std::to_string(status),
                           status);
    opened->stream.expires_never();
    co_return response_reader(std::move(opened));
}

asio::awaitable<std::string> response_reader::read_some() {
    auto& parser = *state_->parser;
    std::string piece(stream_read_size, '\0');
    while (!parser.is_done()) {
        auto& body = parser.get().body();
        body.data = piece.data();
        body.size = piece.size();
        error_code failed;
        co_await http::async_read_some(state_->stream, state_->buffer, parser,
                                       asio::redirect_error(asio::use_awaitable, failed));
        if (failed && failed != http::error::need_buffer)
            throw_io("go on with its answer", failed);
        piece.resize(piece.size() - body.size);
        if (!piece.empty())
            co_return piece;
        piece.resize(stream_read_size);
    }
    co_return std::string();
}

std::string refusal_message(const http_response& response) {
    const auto body = nlohmann::json::parse(response.body, nullptr, false);
    std::string message;
    if (body.is_object() && body.contains("message") && body["message"].is_string())
        message = body["message"].get<std::string>();
    else
        message = response.body.substr(0, max_refusal_bytes);
    while (!message.empty() && (message.back() == '\n' || message.back() == '\r'))
        message.pop_back();
    if (message.empty())
        message = "the engine answered with status " + std::to_string(response.status);
    message.resize(std::min(message.size(), max_refusal_bytes));
    return message;
}

} // namespace docker_run::docker
