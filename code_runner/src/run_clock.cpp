#include "run_clock.hpp"

#include <sched.h>

#include <algorithm>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;

constexpr auto least_check_interval = std::chrono::milliseconds{10};

/// How many processors programs may use at the same time; on a very large machine 1024.
int processor_count() {
    cpu_set_t processors;
    return ::sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : CPU_SETSIZE;
}

} // namespace

run_clock::run_clock(time_point started, std::chrono::milliseconds wall_time,
                     const interactive_limits& limits, const usage_meter& usage)
    : deadline_{started + wall_time}, limits_{limits}, usage_{&usage}, last_traffic_{clock::now()} {
    if (!limits.processor_time)
        return;
    if (usage.sees_group())
        next_usage_check_ = last_traffic_;
    else
        deadline_ = std::min(deadline_, started + *limits.processor_time);
}

void run_clock::note_traffic() {
    if (limits_.idle_time)
        last_traffic_ = clock::now();
}

std::optional<stage_end::reason> run_clock::reached_limit() {
    const auto now = clock::now();
    if (now >= deadline_ || has_used_up_processor_time(now))
        return stage_end::reason::time;
    if (limits_.idle_time && now >= last_traffic_ + *limits_.idle_time)
        return stage_end::reason::idle;
    return std::nullopt;
}

/// The limit cannot be reached sooner than with all processors at work.
bool run_clock::has_used_up_processor_time(time_point now) {
    if (now < next_usage_check_)
        return false;
    const std::chrono::nanoseconds rest = *limits_.processor_time - usage_->cpu_time();
    const auto soonest = rest / processor_count();
    next_usage_check_ = now + std::max<std::chrono::nanoseconds>(soonest, least_check_interval);
    return rest.count() <= 0;
}

run_clock::time_point run_clock::next_check() const {
    const auto end = std::min(deadline_, next_usage_check_);
    return limits_.idle_time ? std::min(end, last_traffic_ + *limits_.idle_time) : end;
}

} // namespace code_runner
