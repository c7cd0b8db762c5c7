#include "run/test_stack.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

class a_pool : public test::stack_test {
  protected:
    /// Takes a container for a run.
    std::optional<container> take() {
        return stack_.pool.take(docker::test::result_of(context_, stack_.images.resolve("python")));
    }
    bool has_waiting(std::size_t count) {
        return comes_true([this, count] { return stack_.pool.counts().waiting == count; });
    }
};

TEST_F(a_pool, keeps_a_container_for_the_next_run_of_an_image) {
    stack_.pool.start();
    EXPECT_FALSE(take());
    ASSERT_TRUE(has_waiting(1));
    EXPECT_TRUE(take());
    EXPECT_EQ(stack_.pool.counts().hits, 1U);
}

TEST_F(a_pool, replaces_a_container_that_has_waited_for_its_longest_time) {
    stack_.pool.start();
    take();
    ASSERT_TRUE(has_waiting(1));
    now_ += pool_settings{}.max_age + 1s;
    EXPECT_TRUE(comes_true([this] { return created() == 2; }));
    EXPECT_TRUE(has_waiting(1));
}

TEST_F(a_pool, gives_up_an_image_that_nobody_has_used_for_a_while) {
    stack_.pool.start();
    take();
    ASSERT_TRUE(has_waiting(1));
    now_ += 2h + 1s;
    EXPECT_TRUE(has_waiting(0));
    EXPECT_EQ(created(), 1U) << "and makes no other";
}

} // namespace
} // namespace docker_run
