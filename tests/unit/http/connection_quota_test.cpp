#include "http/connection_quota.hpp"

#include <boost/asio/ip/address.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace docker_run::http {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using member = connection_quota::member;

constexpr std::size_t door = connection_quota::room_at_the_door;

/// Connections by number, and a clock that a test moves.
class quota : public testing::Test {
  protected:
    struct outcome {
        bool has_place;
        std::vector<std::size_t> leaving;
    };

    outcome enter(connection_quota& of, std::size_t number, const std::string& address = "") {
        std::optional<ip_prefix> counted;
        if (!address.empty())
            counted = ip_prefix::of_address(boost::asio::ip::make_address(address), 64);
        const auto made = of.enter(id(number), counted, now_);
        outcome told{made.has_place, {}};
        for (const auto* each : made.leaving)
            told.leaving.push_back(static_cast<std::size_t>(static_cast<const char*>(each) - names_.data()));
        return told;
    }
    member id(std::size_t number) const { return names_.data() + number; }

    std::vector<char> names_ = std::vector<char>(100'000);
    connection_quota::clock::time_point now_;
};

TEST_F(quota, gives_a_place_to_everybody_below_the_limit) {
    connection_quota places({3, 3});
    for (std::size_t i = 0; i < 3; ++i) {
        const auto told = enter(places, i);
        EXPECT_TRUE(told.has_place);
        EXPECT_THAT(told.leaving, IsEmpty());
    }
    EXPECT_FALSE(enter(places, 3).has_place);
}

TEST_F(quota, takes_the_place_of_the_stranger_that_was_silent_longest_after_ten_seconds) {
    connection_quota places({3, 3});
    for (std::size_t i = 0; i < 3; ++i)
        enter(places, i);
    places.renew(id(0), now_ += 1s);
    now_ += 8999ms;
    EXPECT_THAT(enter(places, 3).leaving, IsEmpty());
    places.leave(id(3));
    now_ += 1ms;
    const auto told = enter(places, 4);
    EXPECT_TRUE(told.has_place);
    EXPECT_THAT(told.leaving, ElementsAre(1U));
}

TEST_F(quota, never_takes_the_place_of_a_known_caller) {
    connection_quota places({2, 2});
    enter(places, 0);
    enter(places, 1);
    EXPECT_TRUE(places.recognise(id(0)));
    EXPECT_TRUE(places.recognise(id(1)));
    now_ += 1h;
    for (std::size_t i = 2; i < 1000; ++i) {
        const auto told = enter(places, i);
        EXPECT_TRUE(told.leaving.empty() || told.leaving.front() >= 2);
        EXPECT_FALSE(places.recognise(id(i))) << "both places are held by callers that have shown a token";
    }
    places.leave(id(0));
    EXPECT_TRUE(places.recognise(id(999)));
}

// 4160 idle connections within half a second shut out everybody.
TEST_F(quota, lets_every_newcomer_in_however_many_strangers_come_at_once) {
    constexpr std::size_t most = 4096;
    connection_quota places({most, most});
    for (std::size_t i = 0; i < most + door; ++i)
        EXPECT_THAT(enter(places, i).leaving, IsEmpty());
    for (std::size_t i = 0; i < 1000; ++i) {
        const std::size_t number = most + door + i;
        const auto told = enter(places, number);
        EXPECT_THAT(told.leaving, ElementsAre(i)) << "the oldest leaves at once";
        EXPECT_TRUE(places.recognise(id(number)));
    }
    EXPECT_EQ(places.displaced(), 1000U);
}

// 32 requests a second kept all places for ever.
TEST_F(quota, takes_the_places_of_strangers_that_renew_theirs_too) {
    connection_quota places({100, 100});
    for (std::size_t i = 0; i < 100 + door; ++i)
        enter(places, i);
    for (std::size_t number = 1000; number < 1050; ++number) {
        for (std::size_t i = 0; i < 100 + door; ++i)
            places.renew(id(i), now_ += 1ms);
        const auto told = enter(places, number);
        EXPECT_EQ(told.leaving.size(), 1U);
        EXPECT_TRUE(places.recognise(id(number)));
    }
}

TEST_F(quota, gives_a_newcomer_as_long_as_there_are_places_for_strangers) {
    connection_quota places({100, 100});
    enter(places, 0);
    for (std::size_t i = 1; i < 100 + door; ++i)
        EXPECT_THAT(enter(places, i).leaving, IsEmpty());
    EXPECT_THAT(enter(places, 1000).leaving, ElementsAre(0U));
}

TEST_F(quota, bounds_the_connections_of_one_address_at_the_expense_of_its_own) {
    connection_quota places({1000, 4});
    EXPECT_TRUE(enter(places, 0, "192.0.2.1").has_place);
    for (std::size_t i = 10; i < 14; ++i)
        EXPECT_TRUE(enter(places, i, "198.51.100.7").has_place);
    constexpr std::size_t own_door = connection_quota::room_of_an_address;
    for (std::size_t i = 14; i < 14 + own_door; ++i)
        EXPECT_FALSE(enter(places, i, "198.51.100.7").has_place);
    EXPECT_THAT(enter(places, 50, "198.51.100.7").leaving, ElementsAre(10U));
    EXPECT_TRUE(enter(places, 51, "192.0.2.1").has_place);
    EXPECT_TRUE(enter(places, 52).has_place) << "nobody counts this one's address";
}

TEST_F(quota, counts_a_network_of_64_bits_as_one_address_of_ipv6) {
    connection_quota places({1000, 2});
    EXPECT_TRUE(enter(places, 0, "2001:db8:0:1::1").has_place);
    EXPECT_TRUE(enter(places, 1, "2001:db8:0:1:ffff::2").has_place);
    EXPECT_FALSE(enter(places, 2, "2001:db8:0:1::3").has_place);
    EXPECT_TRUE(enter(places, 3, "2001:db8:0:2::1").has_place);
    EXPECT_TRUE(enter(places, 4, "32.1.13.184").has_place) << "the same bits, of IPv4";
}

TEST_F(quota, bounds_the_known_callers_of_one_address_too) {
    connection_quota places({1000, 2});
    for (std::size_t i = 0; i < 3; ++i)
        enter(places, i, "192.0.2.1");
    EXPECT_TRUE(places.recognise(id(0)));
    EXPECT_TRUE(places.recognise(id(1)));
    EXPECT_FALSE(places.recognise(id(2)));
    places.leave(id(1));
    EXPECT_TRUE(places.recognise(id(2)));
}

TEST_F(quota, takes_back_a_stranger_that_shows_its_token_while_it_is_told_to_leave) {
    connection_quota places({1, 1});
    enter(places, 0, "192.0.2.1");
    now_ += 10s;
    EXPECT_THAT(enter(places, 1, "192.0.2.2").leaving, ElementsAre(0U));
    places.renew(id(0), now_);
    EXPECT_TRUE(places.recognise(id(0)));
    EXPECT_FALSE(places.recognise(id(1)));
    places.leave(id(0));
    EXPECT_TRUE(places.recognise(id(1)));
    places.leave(id(1));
    EXPECT_TRUE(enter(places, 2, "192.0.2.1").has_place);
}

} // namespace
} // namespace docker_run::http
