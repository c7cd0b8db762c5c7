#include "docker/image_reference.hpp"
#include "settings/common_rules.hpp"
#include "settings/setting_value.hpp"
#include "settings/settings_table.hpp"

namespace docker_run {

namespace {

constexpr text_rule image{"a valid image name",
                          [](std::string_view text) { return docker::image_reference_fault(text).empty(); }};

constexpr auto run = &settings_draft::run;
constexpr auto policy = &settings_draft::policy;
constexpr auto pool = &settings_draft::pool;
constexpr auto log = &settings_draft::log;

constexpr setting run_rows[] = {
    {.name = "RUN_MAX_EXECUTION_TIME",
     .target = into<run, &run_settings::max_execution_time>(),
     .meaning = "Maximum run time of a program, from the moment it has its payload",
     .required = true,
     .unit = "s",
     .range = some_seconds,
     .shipped = "15"},
    {.name = "RUN_MAX_OUTPUT_SIZE",
     .target = into<run, &run_settings::max_output_size>(),
     .meaning = "Maximum output of a container, stdout and stderr together",
     .required = true,
     .unit = "bytes",
     .range = {1, 1'073'741'824},
     .shipped = "1048576"},
    {.name = "RUN_QUEUE_SIZE",
     .target = into<&settings_draft::queue_size>(),
     .meaning = "Maximum number of runs that wait for a worker. Any further run is answered 503",
     .range = {0, 1'000'000},
     .fallback = "4 times SERVER_WORKER_THREADS"},
    {.name = "RUN_QUEUE_TIMEOUT",
     .target = into<run, &run_settings::queue_timeout>(),
     .meaning = "Maximum time that a run waits for a worker before it is answered 503",
     .unit = "s",
     .range = some_seconds},
    {.name = "RUN_INTERACTIVE_MAX",
     .target = into<run, &run_settings::interactive_max>(),
     .meaning = "Maximum number of interactive runs at once, beside those of SERVER_WORKER_THREADS. Each may "
                "take DOCKER_CONTAINER_MEMORY. 0: none, and GET /run is answered 405",
     .range = {0, 10'000}},
    {.name = "RUN_INTERACTIVE_TIME",
     .target = into<run, &run_settings::interactive, &interactive_limits::time>(),
     .meaning = "Maximum time of an interactive run, from the moment its program has its payload. Its "
                "processor time is limited by RUN_MAX_EXECUTION_TIME. 0: no interactive runs",
     .unit = "s",
     .range = any_seconds},
    {.name = "RUN_INTERACTIVE_IDLE_TIME",
     .target = into<run, &run_settings::interactive, &interactive_limits::idle_time>(),
     .meaning = "Time without a byte from program or caller after which an interactive run ends",
     .unit = "s",
     .range = some_seconds},
    {.name = "RUN_POLICY_FILE",
     .target = into<policy, &policy_settings::file>(),
     .meaning = "JSON file with the images that may be run and their settings, see docs/policy.md. Read at "
                "start and on SIGHUP. Unset: any image",
     .text = absolute_path,
     .shipped = "/etc/docker-run/policy.json"},
    {.name = "POOL_ENABLED",
     .target = into<pool, &pool_settings::enabled>(),
     .meaning = "Whether started containers wait for the next runs of an image"},
    {.name = "POOL_MAX_PER_IMAGE",
     .target = into<&settings_draft::pool_max_per_image>(),
     .meaning = "Maximum number of waiting containers of one image",
     .range = {1, 10'000},
     .fallback = "8, at most POOL_MAX_TOTAL"},
    {.name = "POOL_MAX_TOTAL",
     .target = into<pool, &pool_settings::max_total>(),
     .meaning = "Maximum number of waiting containers of all images",
     .range = {1, 10'000}},
    {.name = "POOL_MEMORY_BUDGET",
     .target = into<pool, &pool_settings::memory_budget>(),
     .meaning = "Maximum memory of all waiting containers together. A label of each image states how much "
                "one container needs",
     .unit = "bytes",
     .range = {1'048'576}},
    {.name = "POOL_IDLE_TIME",
     .target = into<pool, &pool_settings::idle_time>(),
     .meaning = "Time without a run after which no container of an image is kept waiting",
     .unit = "s",
     .range = some_seconds},
    {.name = "POOL_MAX_AGE",
     .target = into<pool, &pool_settings::max_age>(),
     .meaning = "Maximum age of a waiting container. An older one is replaced",
     .unit = "s",
     .range = some_seconds},
    {.name = "POOL_PREWARM",
     .target = into<pool, &pool_settings::prewarm>(),
     .meaning = "Images whose containers are made ready at start, before /readyz says 200",
     .text = image},
    {.name = "POOL_PRESTART",
     .target = into<pool, &pool_settings::prestart>(),
     .meaning = "Whether an image's interpreter may be started early, in a waiting container"},
    {.name = "LOG_LEVEL",
     .target = into<log, &log_settings::level>(),
     .meaning = "Lowest severity that is logged"},
    {.name = "LOG_FORMAT", .target = into<log, &log_settings::format>(), .meaning = "Format of a log line"},
};

} // namespace

std::span<const setting> run_settings_table() {
    return run_rows;
}

} // namespace docker_run
