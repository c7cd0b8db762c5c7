#pragma once

#include "log/log_line.hpp"
#include "log/log_settings.hpp"

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
namespace sinks {
class sink;
}
} // namespace spdlog

namespace docker_run {

/// How many events may wait for a slow or blocked sink. When the queue is full, new events replace the oldest
/// ones, and an event log.lost says how many were lost.
inline constexpr std::size_t log_queue_size = 2'048;

/// How long the destructor of a logger waits for a sink that does not accept the remaining events.
inline constexpr std::chrono::seconds log_drain_time{2};

/// Writes events, one line each, on its own thread. The caller only formats the line and never waits for the
/// sink. Thread-safe. main owns the logger and passes references to it.
///
/// Never log a payload or a token.
class logger {
  public:
    /// Writes to stderr. A process that uses it must ignore SIGPIPE.
    explicit logger(const log_settings& settings);
    /// Writes to the sink.
    logger(const log_settings& settings, std::shared_ptr<spdlog::sinks::sink> sink);

    /// Writes the remaining events, but waits at most log_drain_time for that. If the sink is still blocked
    /// then, the thread and the waiting events stay until the process ends.
    ~logger();

    logger(const logger&) = delete;
    logger& operator=(const logger&) = delete;

    /// Whether events of this level are written. Check it before computing expensive fields.
    [[nodiscard]] bool enabled(log_level level) const;

    /// How many lines were lost because the sink accepted none while the queue was full.
    [[nodiscard]] std::size_t lost() const;

    /// Writes one event, e.g. `log.write(log_level::info, "run", {{"request", id}, {"status", 200}})`.
    /// If the level is disabled, it costs one comparison.
    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields = {}) const;

  private:
    log_format format_;
    std::shared_ptr<spdlog::details::thread_pool> thread_;
    std::shared_ptr<spdlog::logger> events_;
};

} // namespace docker_run
