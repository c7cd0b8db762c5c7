#include "container/instance.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

namespace docker_run {
namespace {

/// A state directory of the test's own.
class state_directory : public testing::Test {
  protected:
    state_directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "instance-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~state_directory() override { std::filesystem::remove_all(path_); }

    std::string path_;
};

TEST_F(state_directory, gives_the_next_process_the_id_of_the_last) {
    std::optional<instance> first(std::in_place, path_);
    const std::string id = first->id();
    first.reset();
    const instance second(path_);
    EXPECT_EQ(second.id(), id);
}

TEST_F(state_directory, gives_two_that_live_different_ids) {
    const instance one(path_);
    const instance other(path_);
    EXPECT_NE(one.id(), other.id());
}

TEST_F(state_directory, writes_a_new_id_over_what_is_none) {
    std::ofstream(path_ + "/instance-1") << "../../etc";
    const instance one(path_);
    EXPECT_EQ(one.id().size(), 12U);
}

TEST_F(state_directory, that_is_not_there_is_told) {
    EXPECT_THROW(instance(path_ + "/missing"), std::system_error);
}

TEST(instance, without_a_directory_is_somebody_else_each_time) {
    EXPECT_NE(instance("").id(), instance("").id());
}

} // namespace
} // namespace docker_run
