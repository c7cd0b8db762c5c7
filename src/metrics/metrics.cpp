#include "metrics/metrics.hpp"

#include "run/run_error.hpp"
#include "run/run_outcome.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/labels.h>
#include <prometheus/registry.h>

#include <utility>
#include <variant>

namespace docker_run {

namespace {

constexpr std::string_view other_label = "other";
constexpr std::size_t ok_outcome = run_error_count;
constexpr std::size_t abandoned_outcome = run_error_count + 1;

/// In seconds. A warm acquire is below the first bound, a run at its time limit above the last.
const prometheus::Histogram::BucketBoundaries& buckets() {
    static const prometheus::Histogram::BucketBoundaries bounds = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    return bounds;
}

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// The labels that identify an outcome. The code alone is not enough, because several outcomes share one.
prometheus::Labels outcome_labels(std::size_t outcome) {
    if (outcome == ok_outcome)
        return {{"outcome", "ok"}, {"status", "200"}};
    if (outcome == abandoned_outcome)
        return {{"outcome", "abandoned"}, {"status", "none"}};
    const auto info = describe(static_cast<run_error>(outcome));
    return {{"outcome", std::string(info.code)}, {"status", std::to_string(info.status)}};
}

} // namespace

metrics::metrics()
    : registry_(std::make_unique<prometheus::Registry>()),
      requests_(prometheus::BuildCounter()
                    .Name("docker_run_http_requests_total")
                    .Help("Answers by route and status.")
                    .Register(*registry_)),
      runs_(prometheus::BuildCounter()
                .Name("docker_run_runs_total")
                .Help("Runs by outcome: ok, abandoned by the caller, or the error's code and status.")
                .Register(*registry_)),
      callers_runs_(prometheus::BuildCounter()
                        .Name("docker_run_caller_runs_total")
                        .Help("Runs by the name of the caller's token and by outcome.")
                        .Register(*registry_)),
      phases_(prometheus::BuildHistogram()
                  .Name("docker_run_phase_seconds")
                  .Help("Time that runs spent in each phase, and removals behind them.")
                  .Register(*registry_)),
      images_(prometheus::BuildHistogram()
                  .Name("docker_run_image_run_seconds")
                  .Help("Time from the payload to the result by image.")
                  .Register(*registry_)),
      queue_(phase("queue")), acquire_warm_(phase("acquire_warm")), acquire_cold_(phase("acquire_cold")),
      run_(phase("run")), remove_(phase("remove")),
      interactive_runs_(prometheus::BuildCounter()
                            .Name("docker_run_interactive_runs_total")
                            .Help("Interactive runs that have ended.")
                            .Register(*registry_)
                            .Add({})),
      live_runs_(prometheus::BuildGauge()
                     .Name("docker_run_live_runs_active")
                     .Help("Runs whose events are on their way to their callers.")
                     .Register(*registry_)
                     .Add({})),
      live_first_event_(prometheus::BuildHistogram()
                            .Name("docker_run_live_first_event_seconds")
                            .Help("Time from a complete request for a live run to its first event.")
                            .Register(*registry_)
                            .Add({}, buckets())),
      live_bytes_(prometheus::BuildCounter()
                      .Name("docker_run_live_output_bytes_total")
                      .Help("Output that was passed on while its program ran.")
                      .Register(*registry_)
                      .Add({})),
      live_stalled_(prometheus::BuildCounter()
                        .Name("docker_run_live_stalled_seconds_total")
                        .Help("Time that live runs waited for their callers to take output.")
                        .Register(*registry_)
                        .Add({})) {
    for (std::size_t outcome = 0; outcome <= abandoned_outcome; ++outcome)
        outcomes_.push_back(&runs_.Add(outcome_labels(outcome)));
}

metrics::~metrics() = default;

prometheus::Histogram& metrics::phase(std::string_view name) {
    return phases_.Add({{"phase", std::string(name)}}, buckets());
}

void metrics::count_response(std::string_view route, unsigned status) {
    const std::string label(route.empty() ? other_label : route);
    requests_.Add({{"route", label}, {"status", std::to_string(status)}}).Increment();
}

void metrics::run_ended(std::string_view caller, const run_outcome& outcome) {
    const auto* failure = std::get_if<run_failure>(&outcome.result);
    count(caller, failure ? static_cast<std::size_t>(failure->error) : ok_outcome);
    const auto& timings = outcome.timings;
    if (timings.queue.count() > 0) // it waited in the queue
        queue_.Observe(seconds(timings.queue));
    if (outcome.container.empty())
        return;
    (timings.warm ? acquire_warm_ : acquire_cold_).Observe(seconds(timings.acquire));
    run_.Observe(seconds(timings.run));
    image_histogram(outcome.image).Observe(seconds(timings.run));
}

void metrics::run_abandoned(std::string_view caller) {
    count(caller, abandoned_outcome);
}

void metrics::count(std::string_view caller, std::size_t outcome) {
    outcomes_[outcome]->Increment();
    const auto label = caller_label(caller);
    const mutex_lock lock(callers_mutex_);
    auto*& counter = by_caller_[label].at(outcome);
    if (!counter) {
        auto labels = outcome_labels(outcome);
        labels.emplace("caller", label);
        counter = &callers_runs_.Add(labels);
    }
    counter->Increment();
}

std::string metrics::caller_label(std::string_view caller) {
    const mutex_lock lock(callers_mutex_);
    const bool fits = by_caller_.contains(caller) || by_caller_.size() < max_caller_labels;
    const std::string label(fits ? caller : other_label);
    by_caller_.try_emplace(label, outcomes_.size());
    return label;
}

void metrics::container_removed(std::chrono::steady_clock::duration time) {
    remove_.Observe(seconds(time));
}

void metrics::interactive_run_ended() {
    interactive_runs_.Increment();
}

void metrics::live_run_started(std::chrono::steady_clock::duration time) {
    live_runs_.Increment();
    live_first_event_.Observe(seconds(time));
}

void metrics::live_run_ended() {
    live_runs_.Decrement();
}

void metrics::live_output_passed(std::size_t bytes, std::chrono::steady_clock::duration time) {
    live_bytes_.Increment(static_cast<double>(bytes));
    live_stalled_.Increment(seconds(time));
}

prometheus::Histogram& metrics::image_histogram(std::string_view image) {
    const mutex_lock lock(images_mutex_);
    auto known = by_image_.find(image);
    if (known == by_image_.end() && by_image_.size() >= max_image_labels) {
        image = other_label;
        known = by_image_.find(image);
    }
    if (known != by_image_.end())
        return *known->second;
    const std::string label(image);
    auto& histogram = images_.Add({{"image", label}}, buckets());
    by_image_.emplace(label, &histogram);
    return histogram;
}

std::vector<prometheus::MetricFamily> metrics::collect() const {
    return registry_->Collect();
}

} // namespace docker_run
