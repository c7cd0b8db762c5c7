#pragma once

#include "http/connection.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

namespace docker_run::http {

/// A body has to come at this rate, bytes a second: that of a slow mobile network.
inline constexpr std::size_t least_body_rate = 16'384;
/// For so long it may come more slowly, or not at all: a lost packet is sent again within this time.
inline constexpr std::chrono::seconds body_patience{2};

/// A body that is being read, as others see it: how late it is, and a way to end its reading. Shared; made by
/// the reader on its connection's strand.
class arriving_body : public std::enable_shared_from_this<arriving_body> {
  public:
    using clock = std::chrono::steady_clock;

    explicit arriving_body(std::weak_ptr<connection> source, clock::time_point now)
        : source_(std::move(source)), due_(now + body_patience) {}

    /// When it is too late unless more of it comes. Thread-safe.
    [[nodiscard]] clock::time_point due() const { return due_.load(std::memory_order_relaxed); }

    /// Ends the reading soon, if it has not ended: another body gets its room. Thread-safe, returns at once.
    void give_way();

    // For the reader, on the strand.

    void received(std::size_t size, clock::time_point now);
    void end() { ended_ = true; }
    [[nodiscard]] bool has_given_way() const { return has_given_way_; }

  private:
    std::weak_ptr<connection> source_;
    std::atomic<clock::time_point> due_;
    bool ended_ = false;
    bool has_given_way_ = false;
};

} // namespace docker_run::http
