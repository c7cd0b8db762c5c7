#include "log.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/base_sink.h>

#include <unistd.h>

#include <cerrno>
#include <future>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>

namespace docker_run {

namespace {

constexpr std::size_t writer_threads = 1; // more would mix up the order of events

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

/// Writes to the descriptor of stderr, not to the FILE: a writer that is blocked in there would hold a lock
/// which the end of the process waits for.
class stderr_sink : public spdlog::sinks::base_sink<std::mutex> {
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        const char* next = line.data();
        for (std::size_t left = line.size(); left > 0;) {
            const auto written = ::write(STDERR_FILENO, next, left);
            if (written < 0 && errno != EINTR)
                return; // nobody listens any more, and there is nobody to tell
            const auto taken = static_cast<std::size_t>(written < 0 ? 0 : written);
            next += taken;
            left -= taken;
        }
    }
    void flush_() override {}
};

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
      events_(std::make_shared<spdlog::async_logger>("docker-run", std::move(sink), thread_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {
    events_->set_pattern(pattern_of(format_), spdlog::pattern_time_type::utc);
    events_->set_level(level_of(settings.level));
}

logger::~logger() {
    events_.reset();
    // The end of spdlog's thread is waited for by whoever lets go of it last, for as long as the sink blocks.
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
