#include "pool/pool_policy.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

namespace docker_run {

namespace {

constexpr double rate_memory_seconds = 10;
constexpr double peak_memory_seconds = 120;

double decay(std::chrono::steady_clock::duration age, double memory_seconds) {
    return std::exp(-std::chrono::duration<double>(age).count() / memory_seconds);
}

} // namespace

std::size_t target_count(const image_demand& demand, const pool_caps& caps) {
    const std::size_t least = demand.prewarmed ? 1 : 0;
    if (demand.idle_seconds >= caps.idle_seconds)
        return std::min(least, caps.per_image);
    const double arriving = demand.arrivals_per_second * demand.refill_seconds;
    const double enough = std::ceil(std::max(1.0, std::max(arriving + 1, demand.peak)));
    return std::min(caps.per_image, static_cast<std::size_t>(std::min(enough, 1e6)));
}

std::vector<std::size_t> share_out(const std::vector<image_demand>& demands, const pool_caps& caps) {
    std::vector<std::size_t> by_use(demands.size());
    std::iota(by_use.begin(), by_use.end(), std::size_t{0});
    std::ranges::sort(by_use, {}, [&](std::size_t i) { return std::pair{demands[i].idle_seconds, i}; });

    std::vector<std::size_t> targets(demands.size(), 0);
    std::size_t containers = 0;
    std::int64_t memory = 0;
    for (bool any_given = true; any_given;) {
        any_given = false;
        for (const auto i : by_use) {
            if (targets[i] >= target_count(demands[i], caps) || containers >= caps.total ||
                demands[i].idle_memory > caps.memory - memory)
                continue;
            ++targets[i];
            ++containers;
            memory += demands[i].idle_memory;
            any_given = true;
        }
    }
    return targets;
}

std::vector<std::size_t> next_refills(std::vector<refill_need> images, std::size_t limit) {
    std::vector<std::size_t> order;
    while (order.size() < limit) {
        std::optional<std::size_t> next;
        for (std::size_t i = 0; i < images.size(); ++i) {
            const auto rank = [&images](std::size_t index) {
                return std::pair{images[index].present, images[index].idle_seconds};
            };
            if (images[i].present < images[i].target && (!next || rank(i) < rank(*next)))
                next = i;
        }
        if (!next)
            break;
        ++images[*next].present;
        order.push_back(*next);
    }
    return order;
}

std::chrono::milliseconds waiting_time(std::chrono::seconds max_age, std::size_t number) {
    constexpr std::size_t steps = 8;
    const std::chrono::milliseconds whole = max_age;
    return whole - whole / 5 + whole / 5 * static_cast<int>(number % steps) / static_cast<int>(steps);
}

void arrival_statistics::note(time_point now, double refill_seconds) {
    peak_ = peak(now);
    rate_ = rate(now) + 1 / rate_memory_seconds;
    last_ = now;
    if (std::chrono::duration<double>(now - window_start_).count() > refill_seconds) {
        window_start_ = now;
        window_count_ = 0;
    }
    ++window_count_;
    peak_ = std::max(peak_, window_count_);
}

double arrival_statistics::rate(time_point now) const {
    return rate_ * decay(now - last_, rate_memory_seconds);
}

double arrival_statistics::peak(time_point now) const {
    return peak_ * decay(now - last_, peak_memory_seconds);
}

} // namespace docker_run
