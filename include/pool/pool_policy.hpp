#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace docker_run {

/// Demand for one image. Times are seconds as double, because rates are not exact.
struct image_demand {
    double arrivals_per_second = 0; ///< recent average
    double peak = 0;                ///< most arrivals during one refill, recently
    double refill_seconds = 0;      ///< from the decision to refill until the container waits
    double idle_seconds = 0;        ///< since the last run
    bool prewarmed = false;         ///< the operator asked for it: keep at least one
    std::int64_t idle_memory = 0;   ///< bytes of one waiting container
};

struct pool_caps {
    std::size_t per_image = 0;
    std::size_t total = 0;
    std::int64_t memory = 0; ///< bytes
    double idle_seconds = 0; ///< an image without a run for this long keeps no containers
};

/// How many containers of one image should wait, regardless of the other images: enough for the arrivals
/// during one refill and for a recent burst, at least one. None for an image that had no run for the idle
/// time, except one if it is prewarmed.
std::size_t target_count(const image_demand& demand, const pool_caps& caps);

/// How many containers of each image should wait, so that all caps hold. Each image gets its first container
/// before any image gets its second. The most recently used images come first.
std::vector<std::size_t> share_out(const std::vector<image_demand>& demands, const pool_caps& caps);

/// The containers that an image has, and those that it should have.
struct refill_need {
    std::size_t present = 0; ///< waiting or being brought up
    std::size_t target = 0;
    double idle_seconds = 0; ///< since the last run
};

/// Which images get the next refills, in order, at most `limit`. An image may appear several times. The image
/// with the fewest containers comes first; among equals, the most recently used one. So a busy image takes no
/// refill from an image that has no container.
std::vector<std::size_t> next_refills(std::vector<refill_need> images, std::size_t limit);

/// How long the container with that number may wait: between 0.8 and 1.0 of `max_age`, so that containers
/// that were made together do not expire together. Never longer than `max_age`, because the containers'
/// labels state it.
std::chrono::milliseconds waiting_time(std::chrono::seconds max_age, std::size_t number);

/// The decaying averages for image_demand. The caller passes the current time.
class arrival_statistics {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Counts a run of the image. `refill_seconds`: how long a replacement takes.
    void note(time_point now, double refill_seconds);
    double rate(time_point now) const;
    double peak(time_point now) const;

  private:
    double rate_ = 0;
    double peak_ = 0;
    double window_count_ = 0;
    time_point window_start_{};
    time_point last_{};
};

} // namespace docker_run
