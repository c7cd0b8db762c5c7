#include "run/runner_frame.hpp"
#include "run/runner_frames.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

TEST(runner_frame, reads_lengths_and_numbers) {
    EXPECT_EQ(frame_length(test::runner_frame('O', std::string(70'000, 'x')).substr(0, 5)), 70'000U);
    EXPECT_EQ(frame_number(test::big_endian(0x0102030405060708, 8) + "rest"), 0x0102030405060708U);
}

TEST(runner_frame, puts_greeting_and_options_in_front_of_a_payload) {
    const std::string payload = R"({"files":[]})";
    EXPECT_EQ(task_head("{}", payload.size()) + payload,
              "docker-run/2\n" + test::runner_frame('Q', "{}") + test::runner_frame('P', payload));
}

} // namespace
} // namespace docker_run
