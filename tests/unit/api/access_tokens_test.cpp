#include "api/access_tokens.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {
namespace {

using lines = std::vector<std::pair<std::string, std::string>>;

boost::beast::http::fields fields_of(const lines& offered) {
    boost::beast::http::fields fields;
    for (const auto& [name, value] : offered)
        fields.insert(name, value);
    return fields;
}

std::shared_ptr<const caller> named(const std::string& name) {
    caller who;
    who.name = name;
    return std::make_shared<const caller>(who);
}

std::shared_ptr<const caller> admitted(const lines& offered) {
    const access_tokens tokens({{"secret", named("first")}, {"second", named("")}});
    return tokens.admit(fields_of(offered));
}

bool admits(const lines& offered) {
    return admitted(offered) != nullptr;
}

TEST(access_tokens, tell_whose_they_are) {
    EXPECT_EQ(admitted({{"X-Access-Token", "secret"}})->name, "first");
    EXPECT_EQ(admitted({{"Authorization", "Bearer second"}})->name, "");
}

TEST(access_tokens, are_offered_or_missing) {
    EXPECT_FALSE(access_tokens::is_offered(fields_of({{"Host", "x"}})));
    EXPECT_TRUE(access_tokens::is_offered(fields_of({{"X-Access-Token", ""}})));
    EXPECT_TRUE(access_tokens::is_offered(fields_of({{"Authorization", "Basic x"}})));
}

TEST(access_tokens, admit_each_of_them_in_either_field) {
    EXPECT_TRUE(admits({{"X-Access-Token", "secret"}}));
    EXPECT_TRUE(admits({{"x-access-token", "second"}}));
    EXPECT_TRUE(admits({{"Authorization", "Bearer secret"}}));
    EXPECT_TRUE(admits({{"Authorization", "bearer second"}}));
}

TEST(access_tokens, admit_nothing_else) {
    const lines refused[] = {
        {},
        {{"X-Access-Token", ""}},
        {{"X-Access-Token", "secre"}},
        {{"X-Access-Token", "secrets"}},
        {{"X-Access-Token", "Secret"}},
        {{"X-Access-Token", "\xc3\xa9"}},
        {{"X-Access-Token", std::string(8192, 's')}},
        {{"X-Access-Token", "Bearer secret"}},
        {{"Authorization", "secret"}},
        {{"Authorization", "Basic secret"}},
        {{"Authorization", "Bearer "}},
        {{"Authorization", "Bearer"}},
    };
    for (const auto& offered : refused)
        EXPECT_FALSE(admits(offered)) << (offered.empty() ? "nothing" : offered[0].second);
}

TEST(access_tokens, admit_no_field_that_is_there_twice) {
    EXPECT_FALSE(admits({{"X-Access-Token", "secret"}, {"X-Access-Token", "secret"}}));
    EXPECT_FALSE(admits({{"Authorization", "Bearer secret"}, {"Authorization", "Bearer secret"}}));
}

TEST(access_tokens, let_the_own_field_decide_alone_where_it_is_there) {
    EXPECT_TRUE(admits({{"X-Access-Token", "secret"}, {"Authorization", "Basic proxy"}}));
    EXPECT_FALSE(admits({{"X-Access-Token", "wrong"}, {"Authorization", "Bearer secret"}}));
}

} // namespace
} // namespace docker_run
