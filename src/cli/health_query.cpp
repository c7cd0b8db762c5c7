#include "cli/health_query.hpp"

#include "cli/exit_codes.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

namespace docker_run {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 3s;
constexpr std::size_t max_answer_bytes = 16 * 1024; ///< more than any response of /readyz

// A daemon that listens on every address also listens on the loopback one. Nothing can connect to "every".
std::string reachable(const std::string& address) {
    if (address == "0.0.0.0")
        return "127.0.0.1";
    return address == "::" ? "::1" : address;
}

using http_response = beast_http::response<beast_http::string_body>;

http_response parse(const std::string& received) {
    beast_http::response_parser<beast_http::string_body> parser;
    parser.eager(true);
    boost::system::error_code failed;
    parser.put(asio::buffer(received), failed);
    if (!failed)
        parser.put_eof(failed);
    if (failed)
        throw boost::system::system_error(failed);
    return parser.release();
}

/// Uses a blocking stream with one deadline for everything: a single request needs no event loop.
http_response ask(const std::string& host, std::uint16_t port) {
    asio::ip::tcp::iostream stream;
    stream.expires_after(patience);
    stream.connect(host, std::to_string(port));
    // The daemon accepts any host name. An IPv6 address would need brackets and no zone (RFC 9110, 7.2).
    stream << "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" << std::flush;
    std::string received(max_answer_bytes, '\0');
    stream.read(received.data(), static_cast<std::streamsize>(received.size()));
    if (stream.error() && stream.error() != asio::error::eof)
        throw boost::system::system_error(stream.error());
    received.resize(static_cast<std::size_t>(stream.gcount()));
    return parse(received);
}

} // namespace

int report_health(const http::server_settings& settings, std::ostream& out, std::ostream& errors) {
    const auto host = reachable(settings.listen_address);
    try {
        const auto received = ask(host, settings.listen_port);
        out << received.body();
        return received.result() == beast_http::status::ok ? success_exit_code : failure_exit_code;
    } catch (const boost::system::system_error& error) {
        errors << "docker-run: " << host << " port " << settings.listen_port << ": " << error.what() << '\n';
        return failure_exit_code;
    }
}

} // namespace docker_run
