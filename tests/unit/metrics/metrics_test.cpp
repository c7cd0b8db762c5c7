#include "metrics/metrics.hpp"
#include "run/runner.hpp"

#include <gtest/gtest.h>

#include <prometheus/text_serializer.h>

#include <string>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

struct metrics_test : testing::Test {
    metrics counted;

    bool shows(const std::string& line) const {
        const auto page = prometheus::TextSerializer().Serialize(counted.collect());
        return page.find("\n" + line + "\n") != std::string::npos;
    }
    void run(const std::string& image, const run_result& result, const std::string& container) {
        run_outcome outcome;
        outcome.result = result;
        outcome.container = container;
        outcome.image = image;
        outcome.timings.queue = 1us;
        outcome.timings.run = 20ms;
        counted.run_ended("caller", outcome);
    }
};

TEST_F(metrics_test, a_response_counts_by_route_and_status_and_without_a_route_as_other) {
    counted.count_response("/run", 200);
    counted.count_response("/run", 200);
    counted.count_response("", 400);
    EXPECT_TRUE(shows(R"(docker_run_http_requests_total{route="/run",status="200"} 2)"));
    EXPECT_TRUE(shows(R"(docker_run_http_requests_total{route="other",status="400"} 1)"));
}

TEST_F(metrics_test, the_same_code_with_two_statuses_makes_two_outcomes) {
    run("a", run_failure{run_error::image_refused, "no such image"}, "");
    run("a", run_failure{run_error::create_failed, "no space left"}, "");
    EXPECT_TRUE(shows(R"(docker_run_runs_total{outcome="docker.container.create",status="400"} 1)"));
    EXPECT_TRUE(shows(R"(docker_run_runs_total{outcome="docker.container.create",status="500"} 1)"));
}

TEST_F(metrics_test, a_live_run_is_active_from_its_first_event_to_its_end) {
    counted.live_run_started(20ms);
    counted.live_run_started(2s);
    counted.live_run_ended();
    counted.live_output_passed(1000, 1500ms);
    EXPECT_TRUE(shows("docker_run_live_runs_active 1"));
    EXPECT_TRUE(shows("docker_run_live_first_event_seconds_count 2"));
    EXPECT_TRUE(shows("docker_run_live_output_bytes_total 1000"));
    EXPECT_TRUE(shows("docker_run_live_stalled_seconds_total 1.5"));
}

TEST_F(metrics_test, a_run_without_a_container_is_in_the_line_only) {
    run("a", run_failure{run_error::image_refused, "no such image"}, "");
    EXPECT_TRUE(shows(R"(docker_run_phase_seconds_count{phase="queue"} 1)"));
    EXPECT_TRUE(shows(R"(docker_run_phase_seconds_count{phase="run"} 0)"));
}

TEST_F(metrics_test, the_last_image_that_gets_a_label_of_its_own_is_the_64th) {
    for (std::size_t i = 0; i <= max_image_labels; ++i)
        run("image-" + std::to_string(i), std::string("{}"), "container");
    EXPECT_TRUE(shows(R"(docker_run_image_run_seconds_count{image="image-63"} 1)"));
    EXPECT_TRUE(shows(R"(docker_run_image_run_seconds_count{image="other"} 1)"));
    EXPECT_FALSE(shows(R"(docker_run_image_run_seconds_count{image="image-64"} 1)"));
}

TEST_F(metrics_test, runs_are_counted_by_the_name_of_their_caller_too) {
    run("a", std::string("{}"), "container");
    run("a", run_failure{run_error::share_used, "no"}, "");
    counted.run_abandoned("");
    EXPECT_TRUE(shows(R"(docker_run_caller_runs_total{caller="caller",outcome="ok",status="200"} 1)"));
    EXPECT_TRUE(
        shows(R"(docker_run_caller_runs_total{caller="caller",outcome="server.share",status="429"} 1)"));
    EXPECT_TRUE(shows(R"(docker_run_caller_runs_total{caller="",outcome="abandoned",status="none"} 1)"));
    EXPECT_TRUE(shows(R"(docker_run_runs_total{outcome="abandoned",status="none"} 1)"));
}

TEST_F(metrics_test, the_last_caller_that_gets_a_label_of_its_own_is_the_64th) {
    for (std::size_t i = 0; i <= max_caller_labels + 1; ++i)
        counted.run_abandoned("c" + std::to_string(i));
    EXPECT_EQ(counted.caller_label("c63"), "c63");
    EXPECT_EQ(counted.caller_label("c64"), "other");
    EXPECT_EQ(counted.caller_label("never seen"), "other");
    EXPECT_TRUE(shows(R"(docker_run_caller_runs_total{caller="other",outcome="abandoned",status="none"} 2)"));
}

} // namespace
} // namespace docker_run
