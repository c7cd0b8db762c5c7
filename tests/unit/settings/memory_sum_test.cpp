#include "settings/memory_sum.hpp"
#include "settings/settings_fixture.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

// The example of docs/scaling.md.
const environment shipped{{"SERVER_WORKER_THREADS", "4"},
                          {"RUN_QUEUE_SIZE", "4"},
                          {"RUN_MAX_OUTPUT_SIZE", "1048576"},
                          {"DOCKER_CONTAINER_MEMORY", "536870912"}};

TEST(memory_sum_test, adds_up_containers_and_buffers) {
    EXPECT_EQ(describe_memory(settings_from(with(shipped))),
              "at most 2344 MiB of memory in sum: 4 runs and 0 interactive runs of 512 MiB, 256 MiB for "
              "waiting containers, 40 MiB for requests and answers");
}

TEST(memory_sum_test, has_a_term_for_interactive_runs) {
    auto variables = with(shipped);
    variables["RUN_INTERACTIVE_MAX"] = "4";
    EXPECT_EQ(describe_memory(settings_from(variables)),
              "at most 4412 MiB of memory in sum: 4 runs and 4 interactive runs of 512 MiB, 256 MiB for "
              "waiting containers, 60 MiB for requests and answers");
}

} // namespace
} // namespace docker_run
