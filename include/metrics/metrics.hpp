#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Histogram;
class Registry;
struct MetricFamily;
template <typename T>
class Family;
} // namespace prometheus

namespace docker_run {

struct run_outcome;

/// Beyond so many images a run is counted under the image "other": an engine may hold any number of them.
inline constexpr std::size_t max_image_labels = 64;
/// The same for the names of callers.
inline constexpr std::size_t max_caller_labels = 64;

/// Counts what happens: requests, runs, removals. What is a state rather than an event is asked for when
/// somebody scrapes (metrics_page). Thread-safe; each count costs a short lock.
class metrics {
  public:
    metrics();
    ~metrics();
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    /// A response is written. `route`: one of the daemon's own; empty: none, which counts as "other".
    void count_response(std::string_view route, unsigned status);

    /// A run of the caller of that name has ended, or was not admitted. Its image becomes a label where it
    /// had a container.
    void run_ended(std::string_view caller, const run_outcome& outcome);
    /// The caller went away.
    void run_abandoned(std::string_view caller);

    /// How figures name a caller: the first max_caller_labels names are themselves, further ones "other".
    std::string caller_label(std::string_view caller);

    /// The engine says that a container is gone; `time` since it was handed over.
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
    std::vector<prometheus::Counter*> outcomes_; ///< by run_error, behind them "ok" and "abandoned"
    prometheus::Histogram& queue_;
    prometheus::Histogram& acquire_warm_;
    prometheus::Histogram& acquire_cold_;
    prometheus::Histogram& run_;
    prometheus::Histogram& remove_;
    /// The counters of one caller, by outcome as above; one appears with its first run.
    using caller_row = std::vector<prometheus::Counter*>;
    std::mutex callers_mutex_;
    std::map<std::string, caller_row, std::less<>> by_caller_;
    std::mutex images_mutex_;
    std::map<std::string, prometheus::Histogram*, std::less<>> by_image_;
};

} // namespace docker_run
