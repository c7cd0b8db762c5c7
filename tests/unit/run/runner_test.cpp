#include "run/test_stack.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

class a_run : public test::stack_test {
  protected:
    run_outcome run(run_stack& stack) {
        const run_call call{
            {.who = std::make_shared<const caller>(), .request = {}, .peer = {}, .traceparent = {}},
            "python",
            "{}"};
        auto entered = stack.admission.enter(*call.from.who);
        auto& place = std::get<admission_queue::place>(entered);
        return docker::test::result_of(context_, stack.runs.run(call, place));
    }
    static run_error error_of(const run_outcome& outcome) {
        const auto* failure = std::get_if<run_failure>(&outcome.result);
        return failure != nullptr ? failure->error : run_error::internal;
    }
};

TEST_F(a_run, waits_for_an_engine_that_is_away_no_longer_than_its_patience) {
    auto away = engine_.settings();
    away.socket_path += ".missing";
    std::size_t looks = 0;
    run_stack stack(
        context_.get_executor(), options(away), [](auto) {}, log_,
        [this, &looks] {
            ++looks;
            return now_ += 15s;
        });
    EXPECT_EQ(error_of(run(stack)), run_error::engine_away);
    EXPECT_GT(looks, 4U) << "it tried again before its 60 seconds were over";
}

} // namespace
} // namespace docker_run
