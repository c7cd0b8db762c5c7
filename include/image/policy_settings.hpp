#pragma once

#include "image/container_options.hpp"
#include "image/image_pattern.hpp"

#include <string>
#include <vector>

namespace docker_run {

/// What the operator's policy says of the images that one of the patterns matches.
struct image_rule {
    std::vector<image_pattern> match; ///< at least one
    container_options options;
};

/// Which images may be run, and with which options.
struct policy_settings {
    std::string file;                      ///< where the rules come from, to be read again; empty: no policy
    std::vector<std::string> stock_images; ///< patterns of images without a runner; only without a file
    std::string stock_runner = "/usr/lib/docker-run/code_runner";
    std::vector<image_rule> rules; ///< the first that matches counts; with a file no match is a refusal
};

} // namespace docker_run
