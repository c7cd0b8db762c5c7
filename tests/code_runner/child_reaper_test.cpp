#include "child_reaper.hpp"

#include <gtest/gtest.h>

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds{30};

/// The pid of a child that does this and ends with the value.
pid_t start(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(work());
    return child;
}

int sleep_for_ever() {
    while (true)
        ::pause();
}

/// A grandchild that has lost its parent: it is handed to the nearest reaper.
void start_orphan(const std::function<int()>& work) {
    ::waitpid(start([&] {
                  start(work);
                  return 0;
              }),
              nullptr, 0);
}

bool reap_until(child_reaper& reaper, const std::function<bool()>& condition) {
    const auto deadline = clock::now() + patience;
    while (!condition() && clock::now() < deadline)
        if (!reaper.reap())
            ::usleep(1000);
    return condition();
}

bool has_children() {
    siginfo_t ignored;
    return ::waitid(P_ALL, 0, &ignored, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/// Runs the scenario in a process of its own: what it reaps and what it is called must not touch the tests.
/// The scenario's value is 0 when all was as it should be, else the number of the check that was not.
int result_apart(const std::function<int()>& scenario) {
    int status = -1;
    ::waitpid(start(scenario), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/// Likewise, as PID 1 of a pid namespace; 77 where this is not allowed.
int result_as_first_process(const std::function<int()>& scenario) {
    return result_apart([&] { return ::unshare(CLONE_NEWPID) == 0 ? result_apart(scenario) : int{77}; });
}

TEST(reaper, remembers_the_status_of_the_children_that_it_watches) {
    EXPECT_EQ(result_apart([] {
                  child_reaper reaper;
                  const pid_t watched = start([] { return 7; });
                  const pid_t other = start([] { return 8; });
                  reaper.watch(watched);
                  if (!reap_until(reaper, [&] { return !has_children(); }))
                      return 1;
                  const auto status = reaper.status_of(watched);
                  if (!status || WEXITSTATUS(*status) != 7)
                      return 2;
                  return reaper.status_of(other) ? 3 : 0;
              }),
              0);
}

TEST(reaper, takes_the_orphans_that_its_children_leave) {
    EXPECT_EQ(result_apart([] {
                  child_reaper reaper;
                  start_orphan([] { return 5; });
                  return reap_until(reaper, [] { return !has_children(); }) ? 0 : 1;
              }),
              0);
}

TEST(reaper, ends_one_child_and_no_other) {
    EXPECT_EQ(result_apart([] {
                  child_reaper reaper;
                  const pid_t watched = start(sleep_for_ever);
                  const pid_t other = start(sleep_for_ever);
                  reaper.watch(watched);
                  reaper.end(watched, clock::now() + patience);
                  const auto status = reaper.status_of(watched);
                  if (!status || WTERMSIG(*status) != SIGKILL)
                      return 1;
                  if (::waitpid(other, nullptr, WNOHANG) != 0)
                      return 2;
                  ::kill(other, SIGKILL);
                  return 0;
              }),
              0);
}

TEST(reaper, ends_everything_below_it_orphans_in_sessions_of_their_own_too) {
    for (const auto& result : {result_apart, result_as_first_process}) {
        const int failed = result([] {
            child_reaper reaper;
            start(sleep_for_ever);
            start_orphan([] {
                ::setsid();
                start(sleep_for_ever);
                return sleep_for_ever();
            });
            reaper.end_all(clock::now() + patience);
            return has_children() ? 1 : 0;
        });
        EXPECT_TRUE(failed == 0 || failed == 77) << failed;
    }
}

/// A namespace of its own decides which pid comes next.
bool start_next_with(pid_t pid) {
    std::ofstream file{"/proc/sys/kernel/ns_last_pid"};
    file << pid - 1 << std::flush;
    return file.good();
}

// The pid of a child that was reaped is free: an orphan may have it next.
TEST(reaper, does_not_take_another_process_for_the_child_whose_pid_it_has) {
    const int failed = result_as_first_process([] {
        child_reaper reaper;
        const pid_t child = start([] { return 7; });
        reaper.watch(child);
        if (!reap_until(reaper, [&] { return reaper.status_of(child).has_value(); }))
            return 1;
        if (!start_next_with(child))
            return 77;
        const pid_t twin = start(sleep_for_ever);
        if (twin != child)
            return 2;
        reaper.end(child, clock::now() + patience);
        if (::waitpid(twin, nullptr, WNOHANG) != 0)
            return 3;
        ::kill(twin, SIGKILL);
        if (!reap_until(reaper, [] { return !has_children(); }))
            return 4;
        return WEXITSTATUS(reaper.status_of(child).value()) == 7 ? 0 : 5;
    });
    if (failed == 77)
        GTEST_SKIP() << "no pid namespace of its own: this needs root";
    EXPECT_EQ(failed, 0);
}

} // namespace
} // namespace code_runner
