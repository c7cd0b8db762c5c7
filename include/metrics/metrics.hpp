#pragma once

#include "async/mutex.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
struct MetricFamily;
template <typename T>
class Family;
} // namespace prometheus

namespace docker_run {

struct run_outcome;

/// After this many images, runs of further ones count under the image "other": an engine may hold any number.
inline constexpr std::size_t max_image_labels = 64;
/// The same limit for the names of callers.
inline constexpr std::size_t max_caller_labels = 64;

/// Counts events: requests, runs, removals. metrics_page reads states at each scrape instead. Thread-safe;
/// each count takes a short lock.
class metrics {
  public:
    metrics();
    ~metrics();
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    /// Counts a written response. `route`: one of the daemon's own; empty: none, which counts as "other".
    void count_response(std::string_view route, unsigned status);

    /// Counts a run of that caller that has ended or was not admitted. Its image becomes a label if the run
    /// had a container.
    void run_ended(std::string_view caller, const run_outcome& outcome);
    /// Counts a run whose caller went away.
    void run_abandoned(std::string_view caller);

    /// Counts an interactive run that has ended, in whatever way.
    void interactive_run_ended();

    /// Counts the first event of a live run. `time`: since the run was asked for.
    void live_run_started(std::chrono::steady_clock::duration time);
    /// Counts the end of a run that has had an event.
    void live_run_ended();
    /// Counts output that was passed on. `time`: how long its receiver took for it.
    void live_output_passed(std::size_t bytes, std::chrono::steady_clock::duration time);

    /// The caller's label in metrics: the first max_caller_labels names keep theirs, further ones become
    /// "other".
    std::string caller_label(std::string_view caller);

    /// Counts a container that the engine reports as gone. `time`: since it was handed to the reaper.
    void container_removed(std::chrono::steady_clock::duration time);

    std::vector<prometheus::MetricFamily> collect() const;

  private:
    prometheus::Histogram& phase(std::string_view name);
    prometheus::Histogram& image_histogram(std::string_view image);
    void count(std::string_view caller, std::size_t outcome);

    std::unique_ptr<prometheus::Registry> registry_;
    prometheus::Family<prometheus::Counter>& requests_;
    prometheus::Family<prometheus::Counter>& runs_;
    prometheus::Family<prometheus::Counter>& callers_runs_;
    prometheus::Family<prometheus::Histogram>& phases_;
    prometheus::Family<prometheus::Histogram>& images_;
    std::vector<prometheus::Counter*> outcomes_; ///< by run_error; "ok" and "abandoned" follow
    prometheus::Histogram& queue_;
    prometheus::Histogram& acquire_warm_;
    prometheus::Histogram& acquire_cold_;
    prometheus::Histogram& run_;
    prometheus::Histogram& remove_;
    prometheus::Counter& interactive_runs_;
    prometheus::Gauge& live_runs_;
    prometheus::Histogram& live_first_event_;
    prometheus::Counter& live_bytes_;
    prometheus::Counter& live_stalled_;
    /// The counters of one caller, by outcome as above. A counter appears with its first run.
    using caller_row = std::vector<prometheus::Counter*>;
    mutex callers_mutex_;
    std::map<std::string, caller_row, std::less<>> by_caller_ GUARDED_BY(callers_mutex_);
    mutex images_mutex_;
    std::map<std::string, prometheus::Histogram*, std::less<>> by_image_ GUARDED_BY(images_mutex_);
};

} // namespace docker_run
