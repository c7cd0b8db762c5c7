#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace docker_run {

/// The lowest accepted input rate, in bytes per second: that of a slow mobile network.
inline constexpr std::size_t least_input_rate = 16'384;
/// Input may be slower than that, or pause, for this long: a lost packet is sent again within this time.
inline constexpr std::chrono::seconds input_patience{2};

/// Input that is being read, as others see it: how late it is, and a way to end the read. Shared ownership.
/// The reader creates it and works on one strand.
class paced_input : public std::enable_shared_from_this<paced_input> {
  public:
    using clock = std::chrono::steady_clock;

    /// `interrupt` ends the read. It is called on `strand`.
    paced_input(boost::asio::any_io_executor strand, std::function<void()> interrupt, clock::time_point now)
        : strand_(std::move(strand)), interrupt_(std::move(interrupt)), due_(now + input_patience) {}

    /// The time from which the input is late, unless more of it arrives. Thread-safe.
    [[nodiscard]] clock::time_point due() const { return due_.load(std::memory_order_relaxed); }

    /// Ends the read soon, unless it has already ended, to make room for other input. Thread-safe. Returns at
    /// once.
    void give_way();

    // For the reader, on the strand.

    void received(std::size_t size, clock::time_point now);
    void end() { ended_ = true; }
    [[nodiscard]] bool has_given_way() const { return has_given_way_; }

  private:
    boost::asio::any_io_executor strand_;
    std::function<void()> interrupt_;
    std::atomic<clock::time_point> due_;
    bool ended_ = false;
    bool has_given_way_ = false;
};

} // namespace docker_run
