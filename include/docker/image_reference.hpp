#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace docker_run::docker {

/// Bounds of the distribution project's reference grammar, which the engine follows.
inline constexpr std::size_t max_image_name_size = 255;
inline constexpr std::size_t max_image_tag_size = 128;

/// Says what is wrong with the name of an image, in a sentence that repeats nothing of it; empty if nothing
/// is.
///
/// Taken are `[host[:port]/]path[:tag][@sha256:64 hex digits]`, all but the tag in lower case, and an image's
/// id with and without `sha256:`. Stricter than the engine, which creates a container without a root file
/// system for an empty name (20.10) and cleans `..` out of request paths: a reference that passes holds only
/// letters, digits and
/// `. _ - : / @`, no empty and no dot segment, so that it can stand in a request path as it is.
std::string image_reference_fault(std::string_view reference);

} // namespace docker_run::docker
