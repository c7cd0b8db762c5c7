#pragma once

#include <optional>
#include <string_view>

namespace docker_run::http {

/// The path of a request target, without the query: `/run` for `/run?x`, for `http://host/run` and so on. The
/// result is a part of `target`; only an absolute form without a path yields a constant `/`. CONNECT yields
/// its authority and `OPTIONS *` the asterisk. Returns nothing if the target has none of the four forms for
/// that method (RFC 9112, 3.2) or holds a fragment, a control character or a non-ASCII byte. Percent signs
/// are not decoded.
std::optional<std::string_view> target_path(std::string_view method, std::string_view target);

/// The query of a target that target_path() accepts, without its question mark; empty if there is none.
std::string_view target_query(std::string_view target);

} // namespace docker_run::http
