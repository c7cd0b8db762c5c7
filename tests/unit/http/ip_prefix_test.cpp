#include "http/ip_prefix.hpp"

#include <gtest/gtest.h>

namespace docker_run::http {
namespace {

bool covers(std::string_view prefix, const char* address) {
    const auto parsed = ip_prefix::parse(prefix);
    return parsed && parsed->contains(boost::asio::ip::make_address(address));
}

TEST(ip_prefix, contains_the_addresses_that_begin_with_its_bits) {
    EXPECT_TRUE(covers("192.0.2.0/24", "192.0.2.255"));
    EXPECT_FALSE(covers("192.0.2.0/24", "192.0.3.0"));
    EXPECT_TRUE(covers("10.128.0.0/9", "10.255.0.1"));
    EXPECT_FALSE(covers("10.128.0.0/9", "10.127.255.255"));
    EXPECT_TRUE(covers("0.0.0.0/0", "203.0.113.9"));
    EXPECT_TRUE(covers("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(covers("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(ip_prefix, is_one_address_without_a_length) {
    EXPECT_TRUE(covers("127.0.0.1", "127.0.0.1"));
    EXPECT_FALSE(covers("127.0.0.1", "127.0.0.2"));
    EXPECT_TRUE(covers("::1", "::1"));
    EXPECT_FALSE(covers("::1", "::2"));
}

TEST(ip_prefix, takes_ipv4_in_ipv6_for_ipv4) {
    EXPECT_TRUE(covers("192.0.2.0/24", "::ffff:192.0.2.7"));
    EXPECT_TRUE(covers("::ffff:192.0.2.0/120", "192.0.2.7"));
    EXPECT_FALSE(covers("::/0", "192.0.2.7"));
    EXPECT_FALSE(covers("0.0.0.0/0", "2001:db8::1"));
}

TEST(ip_prefix, is_nothing_else) {
    for (const auto* text :
         {"", "/", "10", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.1/8",
          "10.0.0.0/8/8", "localhost", "::/129", "2001:db8::1/32", "fe80::1%eth0", "::ffff:10.0.0.0/8",
          "010.0.0.1", "1.2.3.4.5", "10.0.0.0/+8"})
        EXPECT_FALSE(ip_prefix::parse(text)) << text;
}

TEST(ip_prefix, counts_the_addresses_of_a_network_as_one) {
    const auto network = [](const char* address) {
        return ip_prefix::of_address(boost::asio::ip::make_address(address), 64);
    };
    EXPECT_EQ(network("2001:db8::1"), network("2001:db8::ffff:1"));
    EXPECT_NE(network("2001:db8::1"), network("2001:db8:0:1::1"));
    EXPECT_NE(network("192.0.2.1"), network("192.0.2.2"));
}

} // namespace
} // namespace docker_run::http
