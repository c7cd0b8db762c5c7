#pragma once

#include "http/head_gate.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace docker_run::http {

/// The expectation in the Expect header of a request (RFC 9110, 10.1.1). HTTP/1.0 has none.
enum class expectation { none, continue_100, unknown };

/// One request without its body.
struct request_head {
    std::string method;                                                ///< as it was sent
    boost::beast::http::verb verb = boost::beast::http::verb::unknown; ///< unknown: not a standard method
    std::string path;                                                  ///< by target_path
    std::string query;                                                 ///< by target_query
    boost::beast::http::fields fields;                                 ///< trailers are never among them
    unsigned minor_version = 1;                                        ///< of HTTP/1.x: 0 or 1
    bool keep_alive = true; ///< the client asks to keep the connection
    expectation expect = expectation::none;
    body_framing framing;
};

/// Parses a head that the gate accepted. `bytes`: the head, from the request line through the empty line.
/// Returns nothing in the few cases that Beast refuses and the gate does not, such as a Connection header
/// that is not a list.
std::optional<request_head> parse_head(std::string_view bytes, const accepted_head& verdict);

} // namespace docker_run::http
