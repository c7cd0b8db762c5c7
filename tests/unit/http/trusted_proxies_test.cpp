#include "http/trusted_proxies.hpp"

#include <gtest/gtest.h>

namespace docker_run::http {
namespace {

std::string caller(const char* sender, const std::vector<std::string>& forwarded) {
    const std::vector<std::string> proxies{"192.0.2.0/28", "2001:db8::1"};
    boost::beast::http::fields fields;
    for (const auto& line : forwarded)
        fields.insert("X-Forwarded-For", line);
    return trusted_proxies(proxies).caller(boost::asio::ip::make_address(sender), fields).to_string();
}

TEST(trusted_proxies, tell_who_has_called_them) {
    EXPECT_EQ(caller("192.0.2.1", {"203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(caller("2001:db8::1", {"2001:db8:ffff::9"}), "2001:db8:ffff::9");
    EXPECT_EQ(caller("::ffff:192.0.2.1", {"203.0.113.9"}), "203.0.113.9");
}

TEST(trusted_proxies, are_believed_the_last_hop_only) {
    EXPECT_EQ(caller("192.0.2.1", {"198.51.100.1, 203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(caller("192.0.2.1", {"198.51.100.1", "203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(caller("192.0.2.1", {"198.51.100.1,203.0.113.9 ,\t192.0.2.3"}), "203.0.113.9")
        << "one proxy behind another";
    EXPECT_EQ(caller("192.0.2.1", {"203.0.113.9, nonsense"}), "192.0.2.1");
    EXPECT_EQ(caller("192.0.2.1", {"203.0.113.9, nonsense, 192.0.2.2"}), "192.0.2.2");
}

TEST(trusted_proxies, write_addresses_in_several_ways) {
    EXPECT_EQ(caller("192.0.2.1", {"203.0.113.9:4711"}), "203.0.113.9");
    EXPECT_EQ(caller("192.0.2.1", {"[2001:db8::9]"}), "2001:db8::9");
    EXPECT_EQ(caller("192.0.2.1", {"[2001:db8::9]:4711"}), "2001:db8::9");
    EXPECT_EQ(caller("192.0.2.1", {"::ffff:203.0.113.9"}), "203.0.113.9");
}

TEST(trusted_proxies, are_themselves_the_caller_where_they_name_nobody) {
    EXPECT_EQ(caller("192.0.2.1", {}), "192.0.2.1");
    EXPECT_EQ(caller("192.0.2.1", {""}), "192.0.2.1");
    EXPECT_EQ(caller("192.0.2.1", {"unknown"}), "192.0.2.1");
    EXPECT_EQ(caller("192.0.2.1", {"["}), "192.0.2.1");
    EXPECT_EQ(caller("192.0.2.1", {"fe80::1%eth0"}), "192.0.2.1");
    EXPECT_EQ(caller("192.0.2.1", {"192.0.2.5"}), "192.0.2.5");
}

TEST(trusted_proxies, are_nobody_else) {
    EXPECT_EQ(caller("192.0.2.16", {"203.0.113.9"}), "192.0.2.16");
    EXPECT_EQ(caller("::ffff:198.51.100.1", {"203.0.113.9"}), "198.51.100.1");
}

} // namespace
} // namespace docker_run::http
