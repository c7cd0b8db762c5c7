#pragma once

#include "image/container_options.hpp"
#include "image/image_pattern.hpp"

#include <string>
#include <vector>

namespace docker_run {

/// A rule of the operator's policy. It applies to images that at least one of the patterns matches.
struct image_rule {
    std::vector<image_pattern> match; ///< at least one
    container_options options;
};

/// Which images may be run, and with which options.
struct policy_settings {
    std::string file;                      ///< file of the rules, read again on a reload; empty: no policy
    std::vector<std::string> stock_images; ///< patterns of images without a runner; only without a file
    std::string stock_runner = "/usr/lib/docker-run/code_runner";
    std::vector<image_rule> rules; ///< the first match counts; with a file, no match means refused
};

} // namespace docker_run
