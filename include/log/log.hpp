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

/// Events that may wait for a sink that is slow or blocked; the oldest of them give way to newer ones, and an
/// event log.lost says how many.
inline constexpr std::size_t log_queue_size = 2'048;

/// How long the destructor of a logger waits for a sink that does not take what is left.
inline constexpr std::chrono::seconds log_drain_time{2};

/// Writes events, one line each, by a thread of its own: a write costs the caller the line's text and never
/// waits for the sink. Safe to use from several threads; main owns it and hands out references.
///
/// Never give it a payload or a token.
class logger {
  public:
    /// Writes to stderr. A process that uses it must ignore SIGPIPE.
    explicit logger(const log_settings& settings);
    /// Writes to the sink.
    logger(const log_settings& settings, std::shared_ptr<spdlog::sinks::sink> sink);

    /// Writes what is left, but waits at most log_drain_time for it. A sink that is still blocked then keeps
    /// the thread and the events that wait, until the process ends.
    ~logger();

    logger(const logger&) = delete;
    logger& operator=(const logger&) = delete;

    /// Whether events of this level are written; for fields that are dear to compute.
    [[nodiscard]] bool enabled(log_level level) const;

    /// How many lines were lost because the sink took none while the queue was full.
    [[nodiscard]] std::size_t lost() const;

    /// Writes one event, e.g. `log.write(log_level::info, "run", {{"request", id}, {"status", 200}})`.
    /// Costs a comparison where the level is off.
    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields = {}) const;

  private:
    log_format format_;
    std::shared_ptr<spdlog::details::thread_pool> thread_;
    std::shared_ptr<spdlog::logger> events_;
};

} // namespace docker_run
