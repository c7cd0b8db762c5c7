#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace docker_run {

/// What is known of one image's demand. Seconds as double: rates are not exact.
struct image_demand {
    double arrivals_per_second = 0; ///< lately
    double peak = 0;                ///< most arrivals within one refill, lately
    double refill_seconds = 0;      ///< from the decision to a container that waits
    double idle_seconds = 0;        ///< since the last run
    bool prewarmed = false;         ///< the operator asked for it: never nothing
    std::int64_t idle_memory = 0;   ///< bytes of one waiting container
};

struct pool_caps {
    std::size_t per_image = 0;
    std::size_t total = 0;
    std::int64_t memory = 0; ///< bytes
    double idle_seconds = 0; ///< without a run for so long: nothing is kept
};

/// How many containers of one image should wait, the other images not considered: what arrives during one
/// refill, and a burst as it was seen lately, at least one; nothing for an image that nobody asks for.
std::size_t wanted(const image_demand& demand, const pool_caps& caps);

/// How many containers of each image should wait, so that all caps hold. Each image gets its first before any
/// gets its second, and those come first that were asked for last.
std::vector<std::size_t> share_out(const std::vector<image_demand>& demands, const pool_caps& caps);

/// What an image has of the containers that it should have.
struct refill_need {
    std::size_t present = 0; ///< waiting or on their way
    std::size_t wanted = 0;
    double idle_seconds = 0; ///< since the last run
};

/// Which images get the next refills, in order, at most `most`; an image may be named several times. Whoever
/// has the fewest comes first, and of those the one that was asked for last: so a busy image takes no refill
/// from one that has none.
std::vector<std::size_t> next_refills(std::vector<refill_need> images, std::size_t most);

/// How long the container of that number may wait: between 0.8 and 1.0 of `max_age`, so that containers which
/// were born together do not expire together. Never longer, since their labels say `max_age`.
std::chrono::milliseconds waiting_time(std::chrono::seconds max_age, std::size_t number);

/// The decaying averages behind image_demand. Times come from outside.
class arrival_statistics {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// A run of the image has come; `refill_seconds` is how long a replacement takes.
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
