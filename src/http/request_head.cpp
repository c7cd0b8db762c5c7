#include "http/request_head.hpp"

#include "http/request_target.hpp"
#include "http/syntax.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <utility>

namespace docker_run::http {
namespace {

namespace bhttp = boost::beast::http;

expectation read_expectation(const bhttp::fields& fields) {
    const auto [first, last] = fields.equal_range(bhttp::field::expect);
    for (auto field = first; field != last; ++field)
        if (!equals_ignoring_case(field->value(), "100-continue"))
            return expectation::unknown;
    return first == last ? expectation::none : expectation::continue_100;
}

// Beast accepts only HTTP/1.0 and 1.1.
std::string as_http_1_1(std::string_view head) {
    std::string copy(head);
    copy[copy.find("\r\n") - 1] = '1';
    return copy;
}

std::optional<bhttp::request<bhttp::empty_body>> parse(std::string_view bytes) {
    bhttp::request_parser<bhttp::empty_body> parser;
    parser.header_limit(max_head_size);
    parser.body_limit(boost::none);
    boost::beast::error_code error;
    parser.put(boost::asio::buffer(bytes), error);
    if (error || !parser.is_header_done())
        return std::nullopt;
    return parser.release();
}

} // namespace

std::optional<request_head> parse_head(std::string_view bytes, const accepted_head& verdict) {
    const bool newer = verdict.minor_version > 1;
    auto message = newer ? parse(as_http_1_1(bytes)) : parse(bytes);
    if (!message)
        return std::nullopt;
    request_head head;
    head.method = message->method_string();
    head.verb = message->method();
    head.path = target_path(head.method, message->target()).value_or("");
    head.query = target_query(message->target());
    head.minor_version = newer ? 1 : verdict.minor_version;
    head.keep_alive = message->keep_alive();
    head.framing = verdict.framing;
    head.fields = std::move(static_cast<bhttp::fields&>(message->base()));
    if (head.minor_version > 0)
        head.expect = read_expectation(head.fields);
    return head;
}

} // namespace docker_run::http
