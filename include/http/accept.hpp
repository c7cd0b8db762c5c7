#pragma once

#include <boost/beast/http/fields.hpp>

#include <string_view>

namespace docker_run::http {

/// The weight that the Accept fields give to a media type, in thousandths: 0 to 1000 (RFC 9110, 12.5.1). Only
/// the type itself counts, whatever its parameters are; ranges like `*/*` do not name it. 0 if it is not
/// named, or if its weight is malformed. Pure.
unsigned weight_of(std::string_view media_type, const boost::beast::http::fields& fields);

} // namespace docker_run::http
