#include "failure.hpp"
#include "runner_settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace code_runner {
namespace {

runner_settings take(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "code_runner");
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    return take_settings(static_cast<int>(pointers.size()), pointers.data());
}

/// Set for as long as it lives.
struct environment_variable {
    environment_variable(const char* variable, const std::string& value) : name{variable} {
        ::setenv(name, value.c_str(), 1);
    }
    ~environment_variable() { ::unsetenv(name); }
    environment_variable(const environment_variable&) = delete;
    environment_variable& operator=(const environment_variable&) = delete;

    const char* name;
};

runner_settings take_with(const char* name, const std::string& value) {
    const environment_variable variable{name, value};
    return take({});
}

TEST(settings, have_bounds_where_the_daemon_says_nothing) {
    const runner_settings taken = take({});
    EXPECT_EQ(taken.time_limit, std::chrono::hours{1});
    EXPECT_EQ(taken.output_limit, 16U * 1024 * 1024);
    EXPECT_FALSE(taken.prestart);
    EXPECT_EQ(taken.work_path, ".");
}

TEST(settings, come_from_arguments) {
    const runner_settings taken = take({"--path", "/p", "--recipe", "/r"});
    EXPECT_EQ(taken.work_path, "/p");
    EXPECT_EQ(taken.recipe_path, "/r");
}

TEST(settings, refuse_unknown_arguments) {
    EXPECT_THROW(take({"--path"}), failure);
    EXPECT_THROW(take({"-x", "y"}), failure);
    EXPECT_THROW(take({"/p"}), failure);
}

TEST(settings, take_numbers_at_the_ends_of_their_ranges_and_none_past_them) {
    EXPECT_EQ(take_with("CODE_RUNNER_TIME_LIMIT_MS", "1").time_limit.count(), 1);
    EXPECT_EQ(take_with("CODE_RUNNER_TIME_LIMIT_MS", "86400000").time_limit, std::chrono::hours{24});
    EXPECT_THROW(take_with("CODE_RUNNER_TIME_LIMIT_MS", "0"), failure);
    EXPECT_THROW(take_with("CODE_RUNNER_TIME_LIMIT_MS", "86400001"), failure);
    EXPECT_EQ(take_with("CODE_RUNNER_OUTPUT_LIMIT", "1024").output_limit, 1024U);
    EXPECT_EQ(take_with("CODE_RUNNER_OUTPUT_LIMIT", "1073741824").output_limit, 1073741824U);
    EXPECT_THROW(take_with("CODE_RUNNER_OUTPUT_LIMIT", "1023"), failure);
    EXPECT_THROW(take_with("CODE_RUNNER_OUTPUT_LIMIT", "1073741825"), failure);
    EXPECT_TRUE(take_with("CODE_RUNNER_PRESTART", "1").prestart);
    EXPECT_FALSE(take_with("CODE_RUNNER_PRESTART", "0").prestart);
    EXPECT_THROW(take_with("CODE_RUNNER_PRESTART", "2"), failure);
}

TEST(settings, refuse_what_is_no_number) {
    for (const char* value : {"", " 5", "5 ", "+5", "-5", "0x5", "5.0", "99999999999999999999", "all"})
        EXPECT_THROW(take_with("CODE_RUNNER_TIME_LIMIT_MS", value), failure) << value;
}

TEST(settings, leave_nothing_of_ours_in_the_environment) {
    ::setenv("CODE_RUNNER_TIME_LIMIT_MS", "5", 1);
    ::setenv("CODE_RUNNER_OUTPUT_LIMIT", "5000", 1);
    ::setenv("CODE_RUNNER_PRESTART", "1", 1);
    take({});
    for (const char* name : {"CODE_RUNNER_TIME_LIMIT_MS", "CODE_RUNNER_OUTPUT_LIMIT", "CODE_RUNNER_PRESTART"})
        EXPECT_EQ(std::getenv(name), nullptr) << name;
}

} // namespace
} // namespace code_runner
