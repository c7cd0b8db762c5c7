#pragma once

#include <optional>
#include <string_view>

namespace docker_run::http {

/// The path that a request target names, without the query: `/run` of `/run?x`, of `http://host/run` and so
/// on. A part of `target`, but for an absolute form without a path, which names `/`. CONNECT yields its
/// authority and `OPTIONS *` the asterisk. Nothing where the target is none of the four forms for that method
/// (RFC 9112, 3.2) or holds a fragment, a control character or a byte beyond ASCII. Percent signs are left as
/// they are.
std::optional<std::string_view> target_path(std::string_view method, std::string_view target);

/// The query of a target that target_path() accepts, without its question mark; empty where there is none.
std::string_view target_query(std::string_view target);

} // namespace docker_run::http
