#pragma once

#include "settings/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace docker_run {

inline constexpr unsigned host_cpus = 4;

// What the predecessor cannot start without.
inline environment required_variables() {
    return {
        {"SERVER_LISTEN_ADDR", "127.0.0.1"},
        {"SERVER_LISTEN_PORT", "8088"},
        {"SERVER_WORKER_THREADS", "10"},
        {"API_ACCESS_TOKEN", "some-secret-token"},
        {"DOCKER_UNIX_SOCKET_PATH", "/var/run/docker.sock"},
        {"DOCKER_UNIX_SOCKET_READ_TIMEOUT", "3"},
        {"DOCKER_UNIX_SOCKET_WRITE_TIMEOUT", "4"},
        {"DOCKER_CONTAINER_HOSTNAME", "glot"},
        {"DOCKER_CONTAINER_USER", "glot"},
        {"DOCKER_CONTAINER_MEMORY", "1000000000"},
        {"DOCKER_CONTAINER_NETWORK_DISABLED", "true"},
        {"DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT", "90"},
        {"DOCKER_CONTAINER_ULIMIT_NOFILE_HARD", "100"},
        {"DOCKER_CONTAINER_ULIMIT_NPROC_SOFT", "91"},
        {"DOCKER_CONTAINER_ULIMIT_NPROC_HARD", "101"},
        {"RUN_MAX_EXECUTION_TIME", "15"},
        {"RUN_MAX_OUTPUT_SIZE", "100000"},
    };
}

inline environment with(const environment& changes) {
    environment variables = required_variables();
    for (const auto& [name, value] : changes)
        variables[name] = value;
    return variables;
}

inline std::vector<std::string> faults_of(const environment& variables) {
    const auto parsed = parse_settings(variables, host_cpus);
    std::vector<std::string> sentences;
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&parsed.result))
        std::transform(faults->begin(), faults->end(), std::back_inserter(sentences),
                       [](const setting_fault& fault) { return to_string(fault); });
    return sentences;
}

inline std::vector<std::string> faulty_variables(const environment& variables) {
    const auto parsed = parse_settings(variables, host_cpus);
    std::vector<std::string> names;
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&parsed.result))
        std::transform(faults->begin(), faults->end(), std::back_inserter(names),
                       [](const setting_fault& fault) { return fault.variable; });
    return names;
}

inline config settings_from(const environment& variables) {
    auto parsed = parse_settings(variables, host_cpus);
    EXPECT_THAT(faults_of(variables), testing::IsEmpty());
    auto* values = std::get_if<config>(&parsed.result);
    return values != nullptr ? *values : config{};
}

} // namespace docker_run
