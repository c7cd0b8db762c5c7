#include "log/log_sink.hpp"

#include "log/log_line.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace docker_run {

namespace {

/// JOURNAL_STREAM holds device and inode of the journal's socket (systemd.exec(5)). A process whose stderr
/// was redirected still inherits the variable, so it must be compared with stderr.
bool leads_to_journal(int descriptor) {
    const char* journal = std::getenv("JOURNAL_STREAM"); // NOLINT(concurrency-mt-unsafe): nobody writes it
    struct stat status{};
    if (!journal || ::fstat(descriptor, &status) != 0)
        return false;
    return journal == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

/// The priority of syslog(3) between angle brackets.
std::string_view priority_of(spdlog::level::level_enum level) {
    switch (level) {
    case spdlog::level::debug:
        return "<7>";
    case spdlog::level::info:
        return "<6>";
    case spdlog::level::warn:
        return "<4>";
    default:
        return "<3>";
    }
}

/// Waits until stderr accepts data, in case it was made non-blocking. False: it cannot be written any more.
bool wait_for_room() {
    pollfd file{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&file, 1, -1) >= 0 || errno == EINTR;
}

void write_all(std::string_view line) {
    while (!line.empty()) {
        const auto written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written >= 0) {
            line.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        const bool goes_on = errno == EINTR || (errno == EAGAIN && wait_for_room());
        if (!goes_on)
            return; // stderr has no reader, so the error cannot be reported
    }
}

} // namespace

stderr_sink::stderr_sink() : is_journal_(leads_to_journal(STDERR_FILENO)) {}

void stderr_sink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    if (is_journal_) {
        const auto priority = priority_of(message.level);
        line.append(priority.data(), priority.data() + priority.size());
    }
    formatter_->format(message, line);
    write_all({line.data(), line.size()});
}

loss_reporter::loss_reporter(std::shared_ptr<spdlog::sinks::sink> inner, spdlog::details::thread_pool& queue,
                             log_format format)
    : inner_(std::move(inner)), queue_(queue), format_(format) {}

void loss_reporter::log(const spdlog::details::log_msg& message) {
    inner_->log(message);
    const auto lost = queue_.overrun_counter();
    if (lost == told_)
        return;
    const std::array<log_field, 1> fields = {{{"lines", lost - told_}}};
    const auto line = format_event(format_, "log.lost", fields);
    inner_->log(spdlog::details::log_msg("docker-run", spdlog::level::warn, {line.data(), line.size()}));
    told_ = lost;
}

} // namespace docker_run
