#include "settings/memory_sum.hpp"

#include "settings/container_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace docker_run {

namespace {

/// In MiB and as a fraction: limits may be set to any number of bytes.
double mebibytes(double bytes) {
    return bytes / (1024 * 1024);
}

double largest_container(const config& settings) {
    double largest = 0;
    for (const auto& each : containers_of(settings))
        largest = std::max(largest, mebibytes(static_cast<double>(each.memory)));
    return largest;
}

} // namespace

std::string describe_memory(const config& settings) {
    const auto workers = settings.daemon.worker_threads;
    const auto interactive = settings.run.interactive_max;
    const auto container = largest_container(settings);
    const auto waiting =
        settings.pool.enabled ? mebibytes(static_cast<double>(settings.pool.memory_budget)) : 0.0;
    // As many bodies may be on their way as are complete.
    const auto message = mebibytes(2.0 * static_cast<double>(settings.server.max_body_size) +
                                   static_cast<double>(settings.run.max_output_size));
    const auto messages = static_cast<double>(workers + settings.run.queue_size + interactive);
    const auto sum = static_cast<double>(workers + interactive) * container + waiting + messages * message;
    return fmt::format("at most {:.0f} MiB of memory in sum: {} runs and {} interactive runs of {:.0f} MiB, "
                       "{:.0f} MiB for waiting containers, {:.0f} MiB for requests and answers",
                       sum, workers, interactive, container, waiting, messages * message);
}

} // namespace docker_run
