#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace docker_run {

/// Calls an action after a delay, unless it is cancelled or destroyed first. Set, cancel and destroy it on
/// the executor that runs the action. That executor must run one handler at a time.
class alarm_clock {
  public:
    alarm_clock() = default;
    alarm_clock(const alarm_clock&) = delete;
    alarm_clock& operator=(const alarm_clock&) = delete;
    ~alarm_clock() { cancel(); }

    /// Calls `action` on `executor` after `delay`. An earlier setting is cancelled. The action may set the
    /// clock again.
    void set(const boost::asio::any_io_executor& executor, std::chrono::steady_clock::duration delay,
             std::function<void()> action);
    void cancel();

  private:
    struct setting;
    std::shared_ptr<setting> setting_; ///< shared with the timer's handler
};

} // namespace docker_run
