#pragma once

#include <boost/beast/http/fields.hpp>

#include <string_view>

namespace docker_run::http {

/// Whether `text` is a `traceparent` by W3C Trace Context, 3.2: version, trace id, parent id and flags in
/// lower case hexadecimal, neither id all zeros. Of versions behind 00 only this beginning is judged,
/// as 3.2.4 says.
bool is_traceparent(std::string_view text);

/// The request's traceparent; empty where there is none, or more than one, or is_traceparent() refuses it.
std::string_view traceparent_of(const boost::beast::http::fields& fields);

} // namespace docker_run::http
