#include "metrics/metrics_page.hpp"

#include "admission/admission_queue.hpp"
#include "container/engine_limits.hpp"
#include "container/reaper.hpp"
#include "docker/engine.hpp"
#include "health/engine_watch.hpp"
#include "health/readiness.hpp"
#include "http/server.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "metrics/process_figures.hpp"
#include "pool/container_pool.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <prometheus/text_serializer.h>

#include <concepts>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

struct label {
    const char* name;
    std::string_view value;
};

/// Collects the metric families of one scrape.
class page_writer {
  public:
    explicit page_writer(std::vector<MetricFamily> begun) : families_(std::move(begun)) {}

    /// Begins a family; its values follow by add().
    page_writer& counter(const char* name, const char* help) {
        return begin(name, help, MetricType::Counter);
    }
    page_writer& gauge(const char* name, const char* help) { return begin(name, help, MetricType::Gauge); }

    template <typename Number>
        requires std::integral<Number> || std::floating_point<Number>
    page_writer& add(Number value, std::initializer_list<label> labels = {}) {
        auto& family = families_.back();
        prometheus::ClientMetric metric;
        for (const auto& [name, text] : labels)
            metric.label.push_back({name, std::string(text)});
        const auto number = static_cast<double>(value);
        if (family.type == MetricType::Counter)
            metric.counter.value = number;
        else
            metric.gauge.value = number;
        family.metric.push_back(std::move(metric));
        return *this;
    }

    std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

  private:
    page_writer& begin(const char* name, const char* help, MetricType type) {
        families_.push_back({name, help, type, {}});
        return *this;
    }

    std::vector<MetricFamily> families_;
};

/// The current counts of each caller. Adds up the callers that metrics label as "other".
void write_callers(page_writer& page, metrics& counted, const admission_queue& admission) {
    std::map<std::string, share_counts> by_label;
    for (const auto& each : admission.counts_by_name()) {
        auto& sum = by_label[counted.caller_label(each.name)];
        sum.running += each.running;
        sum.waiting += each.waiting;
        sum.interactive += each.interactive;
    }
    page.gauge("docker_run_caller_runs_active",
               "Runs that hold a worker, by the name of the caller's token.");
    for (const auto& [name, each] : by_label)
        page.add(each.running, {{"caller", name}});
    page.gauge(
        "docker_run_caller_runs_waiting",
        "Runs that wait for a worker or whose bodies are on their way, by the name of the caller's token.");
    for (const auto& [name, each] : by_label)
        page.add(each.waiting, {{"caller", name}});
    page.gauge("docker_run_caller_interactive_runs_active",
               "Interactive runs, by the name of the caller's token.");
    for (const auto& [name, each] : by_label)
        page.add(each.interactive, {{"caller", name}});
}

void write_runs(page_writer& page, const metrics_page::sources& from) {
    const auto counts = from.admission.counts();
    page.gauge("docker_run_workers", "Runs that may be active at once.").add(from.workers);
    page.gauge("docker_run_runs_active", "Runs that hold a worker.").add(counts.running);
    page.gauge("docker_run_queue_size", "Runs that may wait for a worker.").add(from.queue_size);
    page.gauge("docker_run_queue_length", "Runs that wait for a worker.").add(counts.waiting);
    page.gauge("docker_run_interactive_max", "Interactive runs that may be active at once.")
        .add(from.interactive_max);
    page.gauge("docker_run_interactive_runs_active", "Interactive runs.").add(counts.interactive);
    page.gauge("docker_run_bodies_arriving", "Runs whose bodies are on their way.").add(counts.bodies);
}

void write_pool(page_writer& page, const container_pool& pool) {
    const auto counts = pool.counts();
    page.gauge("docker_run_pool_containers", "Containers that wait for a run, or are on their way.")
        .add(counts.waiting, {{"state", "waiting"}})
        .add(counts.refilling, {{"state", "refilling"}});
    page.counter("docker_run_pool_takes_total", "Runs that found a waiting container, and that did not.")
        .add(counts.hits, {{"result", "hit"}})
        .add(counts.misses, {{"result", "miss"}});
    page.counter("docker_run_pool_spoiled_total", "Containers that ended or spoke while they waited.")
        .add(counts.died);
}

void write_removals(page_writer& page, const reaper& removals) {
    const auto counts = removals.counts();
    page.gauge("docker_run_removals_pending", "Containers that wait for their removal.").add(counts.pending);
    page.gauge("docker_run_removals_stuck", "Those of them that could not be removed for a minute.")
        .add(counts.stuck);
    page.counter("docker_run_containers_removed_total", "Containers that the engine has removed.")
        .add(counts.removed);
    page.counter("docker_run_removal_retries_total", "Removals that failed and were tried again.")
        .add(counts.retried);
    page.counter("docker_run_containers_swept_total", "Leftovers that a sweep has found.").add(counts.swept);
}

void write_engine(page_writer& page, const docker::call_statistics& calls, bool works) {
    using docker::call_end_names;
    using docker::call_kind_names;
    page.gauge("docker_run_engine_up", "Whether the engine answered the last probe in time.").add(works);
    page.counter("docker_run_engine_calls_total", "Calls to the engine by result.");
    for (std::size_t kind = 0; kind < call_kind_names.size(); ++kind)
        for (std::size_t end = 0; end < call_end_names.size(); ++end)
            if (const auto count = calls.count(docker::call_kind{static_cast<std::uint8_t>(kind)},
                                               docker::call_end{static_cast<std::uint8_t>(end)});
                count > 0 || end == 0)
                page.add(count, {{"call", call_kind_names[kind]}, {"result", call_end_names[end]}});
    page.counter("docker_run_engine_call_seconds_total", "Time that calls to the engine took.");
    for (std::size_t kind = 0; kind < call_kind_names.size(); ++kind) {
        const auto time = calls.time(docker::call_kind{static_cast<std::uint8_t>(kind)});
        page.add(std::chrono::duration<double>(time).count(), {{"call", call_kind_names[kind]}});
    }
}

void write_process(page_writer& page, std::chrono::system_clock::time_point started) {
    const auto process = read_process_figures();
    page.counter("process_cpu_seconds_total", "User and system CPU time.").add(process.cpu_seconds);
    page.gauge("process_resident_memory_bytes", "Resident memory.").add(process.resident_bytes);
    page.gauge("process_virtual_memory_bytes", "Virtual memory.").add(process.virtual_bytes);
    page.gauge("process_open_fds", "Open file descriptors.").add(process.open_fds);
    page.gauge("process_max_fds", "Limit of open file descriptors.").add(process.max_fds);
    const auto since_epoch = std::chrono::duration<double>(started.time_since_epoch());
    page.gauge("process_start_time_seconds", "Start of the process since the epoch.")
        .add(since_epoch.count());
}

} // namespace

std::string metrics_page::render() const {
    page_writer page(sources_.counted.collect());
    write_runs(page, sources_);
    write_callers(page, sources_.counted, sources_.admission);
    write_pool(page, sources_.pool);
    write_removals(page, sources_.removals);
    write_engine(page, sources_.engine.statistics(), sources_.watch.engine_works());
    page.gauge("docker_run_unenforced_limits",
               "1 for each limit of containers that the engine does not enforce.");
    for (const auto& each : sources_.limits.unenforced())
        page.add(1, {{"limit", each.limit}});
    page.gauge("docker_run_ready", "Whether /readyz says 200.").add(sources_.ready.obstacles().empty());
    page.gauge("docker_run_connections", "Open connections of callers.").add(sources_.server.connections());
    page.gauge("docker_run_max_connections", "Connections of callers that may be open.")
        .add(sources_.max_connections);
    page.counter("docker_run_connections_displaced_total",
                 "Connections without a valid token that were closed because others needed their places.")
        .add(sources_.server.displaced_connections());
    page.counter("docker_run_log_lines_lost_total", "Log lines dropped because nobody took them.")
        .add(sources_.log.lost());
    write_process(page, started_);
    page.gauge("docker_run_build_info", "1; what was built, in the labels.")
        .add(1, {{"version", DOCKER_RUN_VERSION}, {"compiler", __VERSION__}});
    return page.text();
}

} // namespace docker_run
