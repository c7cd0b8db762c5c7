#pragma once

#include "log/log_settings.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

namespace docker_run {

/// Writes lines to the descriptor of stderr, not to the FILE. A writer that blocks inside the FILE would hold
/// its lock, and the process waits for that lock when it exits. If stderr leads to the systemd journal, each
/// line begins with its priority, as sd-daemon(3) specifies.
class stderr_sink : public spdlog::sinks::base_sink<std::mutex> {
  public:
    stderr_sink();

  private:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

    bool is_journal_;
};

/// Passes lines on. Reports in a separate line how many lines were lost since the last one: those that newer
/// lines replaced while the sink was slow. Used only by the single thread of the pool.
class loss_reporter : public spdlog::sinks::sink {
  public:
    /// `queue`: the queue whose losses are reported. It must live as long as lines arrive. It does, because
    /// they arrive from its thread.
    loss_reporter(std::shared_ptr<spdlog::sinks::sink> inner, spdlog::details::thread_pool& queue,
                  log_format format);

    void log(const spdlog::details::log_msg& message) override;
    void flush() override { inner_->flush(); }
    void set_pattern(const std::string& pattern) override { inner_->set_pattern(pattern); }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
        inner_->set_formatter(std::move(formatter));
    }

  private:
    std::shared_ptr<spdlog::sinks::sink> inner_;
    spdlog::details::thread_pool& queue_;
    log_format format_;
    std::size_t told_ = 0;
};

} // namespace docker_run
