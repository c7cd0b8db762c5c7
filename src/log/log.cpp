#include "log/log.hpp"

#include "log/log_sink.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>

#include <future>
#include <span>
#include <string>
#include <thread>
#include <utility>

namespace docker_run {

namespace {

constexpr std::size_t writer_threads = 1; // more would change the order of events

spdlog::level::level_enum level_of(log_level level) {
    switch (level) {
    case log_level::debug:
        return spdlog::level::debug;
    case log_level::info:
        return spdlog::level::info;
    case log_level::warning:
        return spdlog::level::warn;
    case log_level::error:
        break;
    }
    return spdlog::level::err;
}

std::string pattern_of(log_format format) {
    if (format == log_format::json)
        return R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";
    return "time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v";
}

} // namespace

logger::logger(const log_settings& settings) : logger(settings, std::make_shared<stderr_sink>()) {}

logger::logger(const log_settings& settings, std::shared_ptr<spdlog::sinks::sink> sink)
    : format_(settings.format),
      thread_(std::make_shared<spdlog::details::thread_pool>(log_queue_size, writer_threads)),
      events_(std::make_shared<spdlog::async_logger>(
          "docker-run", std::make_shared<loss_reporter>(std::move(sink), *thread_, settings.format), thread_,
          spdlog::async_overflow_policy::overrun_oldest)) {
    events_->set_pattern(pattern_of(format_), spdlog::pattern_time_type::utc);
    events_->set_level(level_of(settings.level));
}

logger::~logger() {
    events_.reset();
    // Destroying spdlog's pool joins its thread, which may block on the sink. So do it on another thread and
    // wait at most log_drain_time.
    std::promise<void> ended;
    const auto end = ended.get_future();
    std::thread([thread = std::move(thread_), ended = std::move(ended)]() mutable {
        thread.reset();
        ended.set_value();
    }).detach();
    end.wait_for(log_drain_time);
}

bool logger::enabled(log_level level) const {
    return events_->should_log(level_of(level));
}

std::size_t logger::lost() const {
    return thread_->overrun_counter();
}

void logger::write(log_level level, std::string_view event, std::initializer_list<log_field> fields) const {
    if (!enabled(level))
        return;
    const auto line = format_event(format_, event, std::span(fields.begin(), fields.size()));
    events_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

} // namespace docker_run
