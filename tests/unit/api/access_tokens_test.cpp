#include "api/access_tokens.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {
namespace {

using lines = std::vector<std::pair<std::string, std::string>>;

http::request_head head_of(const lines& offered) {
    http::request_head head;
    head.verb = boost::beast::http::verb::get;
    for (const auto& [name, value] : offered)
        head.fields.insert(name, value);
    return head;
}

/// The handshake of a WebSocket with these fields.
lines handshake(lines offered) {
    for (const auto& [name, value] : lines{{"Connection", "upgrade"},
                                           {"Upgrade", "websocket"},
                                           {"Sec-WebSocket-Version", "13"},
                                           {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}})
        offered.emplace_back(name, value);
    return offered;
}

constexpr auto subprotocols = "Sec-WebSocket-Protocol";
const std::string offered_secret = std::string(token_subprotocol) + "c2VjcmV0"; ///< "secret" in base64url

std::shared_ptr<const caller> named(const std::string& name) {
    caller who;
    who.name = name;
    return std::make_shared<const caller>(who);
}

std::shared_ptr<const caller> admitted(const lines& offered) {
    const access_tokens tokens({{"secret", named("first")}, {"second", named("")}});
    return tokens.admit(head_of(offered));
}

bool admits(const lines& offered) {
    return admitted(offered) != nullptr;
}

TEST(access_tokens, tell_whose_they_are) {
    EXPECT_EQ(admitted({{"X-Access-Token", "secret"}})->name, "first");
    EXPECT_EQ(admitted({{"Authorization", "Bearer second"}})->name, "");
}

TEST(access_tokens, are_offered_or_missing) {
    EXPECT_FALSE(access_tokens::is_offered(head_of({{"Host", "x"}})));
    EXPECT_TRUE(access_tokens::is_offered(head_of({{"X-Access-Token", ""}})));
    EXPECT_TRUE(access_tokens::is_offered(head_of({{"Authorization", "Basic x"}})));
    EXPECT_TRUE(access_tokens::is_offered(head_of(handshake({{subprotocols, offered_secret}}))));
    EXPECT_FALSE(access_tokens::is_offered(head_of(handshake({{subprotocols, "docker-run.1"}}))));
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

TEST(access_tokens, admit_a_subprotocol_of_a_websocket) {
    EXPECT_EQ(admitted(handshake({{subprotocols, "docker-run.1, " + offered_secret}}))->name, "first");
    EXPECT_TRUE(admits(handshake({{subprotocols, offered_secret}, {"Authorization", "Basic proxy"}})));
    EXPECT_FALSE(admits({{subprotocols, offered_secret}})) << "no handshake";
}

TEST(access_tokens, admit_no_subprotocol_that_is_not_the_token_s_own_encoding) {
    for (const std::string wrong :
         {"", "c2VjcmU", "c2VjcmV0Cg", "c2VjcmV0=", "c2VjcmV", "secret", "c2VjcmV0!"})
        EXPECT_FALSE(admits(handshake({{subprotocols, std::string(token_subprotocol) + wrong}}))) << wrong;
    EXPECT_FALSE(admits(handshake({{subprotocols, offered_secret + ", " + offered_secret}})));
    EXPECT_FALSE(admits(handshake({{subprotocols, offered_secret}, {"X-Access-Token", "wrong"}})));
}

} // namespace
} // namespace docker_run
