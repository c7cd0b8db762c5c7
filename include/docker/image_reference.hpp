#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace docker_run::docker {

/// Bounds of the distribution project's reference grammar, which the engine follows.
inline constexpr std::size_t max_image_name_size = 255;
inline constexpr std::size_t max_image_tag_size = 128;

/// Says what is wrong with an image reference, in a sentence that repeats nothing of it. Empty if it is
/// valid.
///
/// Accepted are `[host[:port]/]path[:tag][@sha256:64 hex digits]`, all but the tag in lower case, and an
/// image's id with or without `sha256:`. This is stricter than the engine, which creates a container without
/// a root file system for an empty name (20.10) and removes `..` from request paths. A valid reference holds
/// only letters, digits and `. _ - : / @`, and neither an empty nor a dot segment. So it can be part of a
/// request path without escaping.
std::string image_reference_fault(std::string_view reference);

} // namespace docker_run::docker
