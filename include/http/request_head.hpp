#pragma once

#include "http/head_gate.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace docker_run::http {

/// What the Expect fields of a request ask for (RFC 9110, 10.1.1). HTTP/1.0 cannot ask.
enum class expectation { none, continue_100, unknown };

/// One request without its body.
struct request_head {
    std::string method;                                                ///< as it was sent
    boost::beast::http::verb verb = boost::beast::http::verb::unknown; ///< unknown: none that HTTP knows
    std::string path;                                                  ///< by target_path
    std::string query;                                                 ///< by target_query
    boost::beast::http::fields fields;                                 ///< trailers are never among them
    unsigned minor_version = 1;                                        ///< of HTTP/1.x: 0 or 1
    bool keep_alive = true;                                            ///< what the client wishes
    expectation expect = expectation::none;
    body_framing framing;
};

/// Parses a head that the gate accepted. `bytes` are the head's, from the request line through the empty
/// line. Nothing in the few cases that Beast refuses and the gate does not, such as a Connection field that
/// is no list.
std::optional<request_head> parse_head(std::string_view bytes, const accepted_head& verdict);

} // namespace docker_run::http
