#pragma once

#include <boost/beast/http/fields.hpp>

#include <string_view>

namespace docker_run::http {

/// Whether `text` is a `traceparent` by W3C Trace Context, 3.2: version, trace id, parent id and flags in
/// lower case hexadecimal, neither id all zeros. For versions after 00 only this part is checked, as 3.2.4
/// specifies.
bool is_traceparent(std::string_view text);

/// The request's traceparent; empty if there is none or more than one, or if is_traceparent() refuses it.
std::string_view traceparent_of(const boost::beast::http::fields& fields);

} // namespace docker_run::http
