#pragma once

#include <cstdint>

namespace docker_run {

enum class log_format : std::uint8_t { logfmt, json };

enum class log_level : std::uint8_t { debug, info, warning, error };

struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::logfmt;
};

} // namespace docker_run
