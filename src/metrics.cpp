#include "metrics.hpp"

#include "run_error.hpp"
#include "runner.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace docker_run {

namespace {

constexpr std::string_view other = "other";
constexpr std::size_t ok_outcome = run_error_count;
constexpr std::size_t abandoned_outcome = run_error_count + 1;

/// Seconds. A warm acquire is below the first, a run at its limit beyond the last.
const prometheus::Histogram::BucketBoundaries& buckets() {
    static const prometheus::Histogram::BucketBoundaries bounds = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    return bounds;
}

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

prometheus::Counter* outcome_counter(prometheus::Family<prometheus::Counter>& family, std::size_t outcome) {
    if (outcome == ok_outcome)
        return &family.Add({{"outcome", "ok"}, {"status", "200"}});
    if (outcome == abandoned_outcome)
        return &family.Add({{"outcome", "abandoned"}, {"status", "none"}});
    const auto info = describe(static_cast<run_error>(outcome));
    return &family.Add({{"outcome", std::string(info.code)}, {"status", std::to_string(info.status)}});
}

} // namespace

metrics::metrics(std::span<const std::string_view> routes)
    : registry_(std::make_unique<prometheus::Registry>()),
      requests_(prometheus::BuildCounter()
                    .Name("docker_run_http_requests_total")
                    .Help("Answers by route and status.")
                    .Register(*registry_)),
      runs_(prometheus::BuildCounter()
                .Name("docker_run_runs_total")
                .Help("Runs by outcome: ok, abandoned by the caller, or the error's code and status.")
                .Register(*registry_)),
      phases_(prometheus::BuildHistogram()
                  .Name("docker_run_phase_seconds")
                  .Help("Time that runs spent in each phase, and removals behind them.")
                  .Register(*registry_)),
      images_(prometheus::BuildHistogram()
                  .Name("docker_run_image_run_seconds")
                  .Help("Time from the payload to the result by image.")
                  .Register(*registry_)),
      rows_(routes.size() + 1), queue_(phase("queue")), acquire_warm_(phase("acquire_warm")),
      acquire_cold_(phase("acquire_cold")), run_(phase("run")), remove_(phase("remove")) {
    for (std::size_t i = 0; i < routes.size(); ++i)
        rows_[i].route = routes[i];
    rows_.back().route = other;
    for (std::size_t outcome = 0; outcome <= abandoned_outcome; ++outcome)
        outcomes_.push_back(outcome_counter(runs_, outcome));
}

metrics::~metrics() = default;

prometheus::Histogram& metrics::phase(std::string_view name) {
    return phases_.Add({{"phase", std::string(name)}}, buckets());
}

void metrics::answered(std::string_view route, unsigned status) {
    auto row = std::ranges::find(rows_, route, &route_row::route);
    if (row == rows_.end())
        row = std::prev(row);
    const auto column = std::ranges::find(statuses, status);
    auto& cell = row->counters[static_cast<std::size_t>(column - statuses.begin())];
    auto* counter = cell.load(std::memory_order_acquire);
    if (!counter) {
        const auto label = column == statuses.end() ? std::string(other) : std::to_string(status);
        counter = &requests_.Add({{"route", std::string(row->route)}, {"status", label}});
        cell.store(counter, std::memory_order_release);
    }
    counter->Increment();
}

void metrics::run_ended(std::string_view image, const run_outcome& outcome) {
    const auto* failure = std::get_if<run_failure>(&outcome.result);
    outcomes_[failure ? static_cast<std::size_t>(failure->error) : ok_outcome]->Increment();
    const auto& timings = outcome.timings;
    if (timings.queue.count() > 0) // it was in the line
        queue_.Observe(seconds(timings.queue));
    if (outcome.container.empty())
        return;
    (timings.warm ? acquire_warm_ : acquire_cold_).Observe(seconds(timings.acquire));
    run_.Observe(seconds(timings.run));
    image_histogram(image).Observe(seconds(timings.run));
}

void metrics::run_abandoned() {
    outcomes_[abandoned_outcome]->Increment();
}

void metrics::container_removed(std::chrono::steady_clock::duration time) {
    remove_.Observe(seconds(time));
}

prometheus::Histogram& metrics::image_histogram(std::string_view image) {
    const std::lock_guard lock(images_mutex_);
    auto known = by_image_.find(image);
    if (known == by_image_.end() && by_image_.size() >= max_image_labels) {
        image = other;
        known = by_image_.find(image);
    }
    if (known != by_image_.end())
        return *known->second;
    const std::string label(image);
    auto& made = images_.Add({{"image", label}}, buckets());
    by_image_.emplace(label, &made);
    return made;
}

std::vector<prometheus::MetricFamily> metrics::collect() const {
    return registry_->Collect();
}

} // namespace docker_run
