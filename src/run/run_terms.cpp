#include "run/run_terms.hpp"

#include "code_runner/protocol.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace docker_run {

namespace option = code_runner::protocol::option;
using std::chrono::milliseconds;

time_budget times_of(const run_call& call, const container_options& options) {
    return time_budget(call.interactive ? options.interactive.time : options.max_execution_time);
}

std::string runner_options(const run_call& call, const container_options& options) {
    auto values = nlohmann::ordered_json::object();
    if (!call.interactive)
        return values.dump();
    values[option::interactive] = true;
    if (const auto& window = call.interactive->window) {
        values[option::rows] = window->rows;
        values[option::columns] = window->columns;
    }
    values[option::processor_time] = milliseconds(options.max_execution_time).count();
    values[option::idle_time] = milliseconds(options.interactive.idle_time).count();
    values[option::wall_time] = times_of(call, options).runner().count();
    return values.dump();
}

} // namespace docker_run
