#include "docker/call_statistics.hpp"

#include <gtest/gtest.h>

namespace docker_run::docker {
namespace {

using namespace std::chrono_literals;

TEST(call_statistics_test, says_whose_fault_a_status_is) {
    call_statistics calls;
    for (const unsigned status : {204U, 399U, 400U, 499U, 500U})
        call_record(calls, call_kind::create).completed(status);
    EXPECT_EQ(calls.count(call_kind::create, call_end::ok), 2U);
    EXPECT_EQ(calls.count(call_kind::create, call_end::refused), 2U);
    EXPECT_EQ(calls.count(call_kind::create, call_end::failed), 1U);
    EXPECT_EQ(calls.count(call_kind::start, call_end::ok), 0U);
}

TEST(call_statistics_test, tells_the_faults_of_an_engine_apart) {
    call_statistics calls;
    call_record(calls, call_kind::start).failed({engine_fault::timeout, ""});
    call_record(calls, call_kind::start).failed({engine_fault::unreachable, ""});
    call_record(calls, call_kind::start).failed({engine_fault::broken, ""});
    call_record(calls, call_kind::start).failed({engine_fault::refused, "", 500});
    for (const auto end : {call_end::timeout, call_end::unreachable, call_end::broken, call_end::failed})
        EXPECT_EQ(calls.count(call_kind::start, end), 1U);
}

TEST(call_statistics_test, counts_a_call_that_nobody_waited_for_as_cancelled) {
    call_statistics calls;
    {
        const call_record record(calls, call_kind::attach);
    }
    EXPECT_EQ(calls.count(call_kind::attach, call_end::cancelled), 1U);
}

TEST(call_statistics_test, adds_up_the_time_of_one_kind) {
    call_statistics calls;
    calls.note(call_kind::remove, call_end::ok, 20ms);
    calls.note(call_kind::remove, call_end::timeout, 3s);
    EXPECT_EQ(calls.time(call_kind::remove), 3020ms);
    EXPECT_EQ(calls.time(call_kind::create), 0ms);
}

} // namespace
} // namespace docker_run::docker
