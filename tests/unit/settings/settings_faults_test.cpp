#include "settings/settings.hpp"
#include "settings/settings_fixture.hpp"
#include "settings/settings_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace docker_run {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(settings_faults_test, list_every_variable_that_is_missing_at_once) {
    auto expected = required_variables();
    std::vector<std::string> names;
    for (const auto& row : settings_table())
        if (row.required || row.name == "API_ACCESS_TOKEN")
            names.emplace_back(row.name);
    auto missing = faulty_variables({});
    std::sort(missing.begin(), missing.end());
    std::sort(names.begin(), names.end());
    EXPECT_EQ(missing, names);
    EXPECT_EQ(missing.size(), expected.size());
}

TEST(settings_faults_test, name_each_required_variable_that_is_missing_or_empty) {
    for (const auto& [name, value] : required_variables()) {
        auto missing = required_variables();
        missing.erase(name);
        EXPECT_THAT(faulty_variables(missing), ElementsAre(name));
        EXPECT_THAT(faulty_variables(with({{name, ""}})), ElementsAre(name));
    }
}

TEST(settings_faults_test, need_no_address_where_a_socket_was_passed) {
    auto variables = required_variables();
    variables.erase("SERVER_LISTEN_ADDR");
    variables.erase("SERVER_LISTEN_PORT");
    constexpr bool has_listening_socket = true;
    const auto parsed = parse_settings(variables, host_cpus, has_listening_socket);
    EXPECT_TRUE(std::holds_alternative<config>(parsed.result));
}

TEST(settings_faults_test, take_an_empty_optional_variable_for_unset) {
    for (const auto& row : settings_table()) {
        if (row.required || row.secret)
            continue;
        EXPECT_THAT(faults_of(with({{std::string(row.name), ""}})), IsEmpty()) << row.name;
    }
}

TEST(settings_faults_test, refuse_white_space_and_control_characters_in_every_variable) {
    for (const auto& row : settings_table()) {
        for (const std::string garbage : {"gar\tbage", " :1", ":1 ", "\n", "a\x1b[31m"}) {
            const std::string name(row.name);
            EXPECT_THAT(faulty_variables(with({{name, garbage}})), Contains(name)) << name << "=" << garbage;
        }
    }
}

// A list may well be two words, which are then judged one by one.
TEST(settings_faults_test, refuse_text_and_overflow_and_signs_in_every_number) {
    for (const auto& row : settings_table()) {
        if (row.target.type != "integer" && row.target.type != "number")
            continue;
        for (const std::string garbage :
             {"x", "-1", "+1", "0x10", "1e3", "1,5", "1 2", "--1", "inf", "nan", "10s", "\"10\"",
              "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999"}) {
            const std::string name(row.name);
            EXPECT_THAT(faulty_variables(with({{name, garbage}})), Contains(name)) << name << "=" << garbage;
        }
    }
}

TEST(settings_faults_test, hold_the_range_of_every_number_and_not_one_past_it) {
    for (const auto& row : settings_table()) {
        if (row.target.type != "integer")
            continue;
        const auto accepts = [&row](double value) {
            settings_draft draft;
            return row.target.read(draft, row, std::to_string(static_cast<std::int64_t>(value)));
        };
        EXPECT_TRUE(accepts(row.range.minimum)) << row.name;
        EXPECT_FALSE(accepts(row.range.minimum - 1)) << row.name;
        if (row.range.maximum < 1e15) {
            EXPECT_TRUE(accepts(row.range.maximum)) << row.name;
            EXPECT_FALSE(accepts(row.range.maximum + 1)) << row.name;
        }
    }
}

TEST(settings_faults_test, take_eight_words_for_a_boolean_and_no_other) {
    for (const auto& row : settings_table()) {
        if (row.target.type != "boolean")
            continue;
        const std::string name(row.name);
        for (const std::string word : {"true", "false", "1", "0", "yes", "no", "on", "off"})
            EXPECT_THAT(faults_of(with({{name, word}})), IsEmpty()) << name << "=" << word;
        for (const std::string word : {"True", "FALSE", "2", "y", "enabled", "tru", "truee", "00"})
            EXPECT_THAT(faulty_variables(with({{name, word}})), ElementsAre(name)) << name << "=" << word;
    }
}

TEST(settings_faults_test, say_the_rule_and_what_was_found) {
    struct {
        std::string name;
        std::string value;
        std::string fault;
    } const cases[] = {
        {"SERVER_LISTEN_PORT", "65536",
         "SERVER_LISTEN_PORT must be an integer from 1 to 65535, found \"65536\""},
        {"SERVER_WORKER_THREADS", "0",
         "SERVER_WORKER_THREADS must be an integer from 1 to 1024, found \"0\""},
        {"SERVER_LISTEN_ADDR", "a b",
         "SERVER_LISTEN_ADDR must be an IP address or a host name, found \"a b\""},
        {"SERVER_TRUSTED_PROXIES", "192.0.2.1/24",
         "SERVER_TRUSTED_PROXIES must be a list, separated by spaces, each item an IP address or a prefix "
         "like "
         "192.0.2.0/24, found \"192.0.2.1/24\""},
        {"DOCKER_CONTAINER_MEMORY", "6291455",
         "DOCKER_CONTAINER_MEMORY must be an integer of at least 6291456, found \"6291455\""},
        {"DOCKER_CONTAINER_NETWORK_DISABLED", "True",
         "DOCKER_CONTAINER_NETWORK_DISABLED must be true, false, 1, 0, yes, no, on or off, found \"True\""},
        {"RUN_MAX_EXECUTION_TIME", "",
         "RUN_MAX_EXECUTION_TIME must be an integer from 1 to 86400, found an empty value"},
        {"DOCKER_CONTAINER_CPUS", "0.009",
         "DOCKER_CONTAINER_CPUS must be a number from 0.01 to 1024, found \"0.009\""},
        {"DOCKER_CONTAINER_CPUS", "4.01",
         "DOCKER_CONTAINER_CPUS must be at most what the host has, 4, found 4.01"},
        {"DOCKER_CONTAINER_CAP_DROP", "ALL,NET_RAW",
         "DOCKER_CONTAINER_CAP_DROP must be a list, separated by spaces, each item a capability's name such "
         "as "
         "NET_RAW, or ALL, found \"ALL,NET_RAW\""},
        {"LOG_LEVEL", "INFO", "LOG_LEVEL must be one of debug, info, warning, error, found \"INFO\""},
        {"POOL_PREWARM", "a B",
         "POOL_PREWARM must be a list, separated by spaces, each item a valid image name, found \"a B\""},
        {"API_ACCESS_TOKEN_FILE", "token", "API_ACCESS_TOKEN_FILE must be an absolute path, found \"token\""},
    };
    for (const auto& [name, value, fault] : cases)
        EXPECT_THAT(faults_of(with({{name, value}})), ElementsAre(fault));
}

TEST(settings_faults_test, never_show_a_token) {
    for (const std::string token : {"geheim geheim", "geheim\n", "geheim\xc3\xa9"}) {
        const auto faults = faults_of(with({{"API_ACCESS_TOKEN", token}}));
        EXPECT_THAT(faults,
                    ElementsAre("API_ACCESS_TOKEN must be 1 to 1024 printable ASCII characters without a "
                                "space, found something else (not shown)"));
    }
}

TEST(settings_faults_test, show_what_was_found_on_one_bounded_line) {
    const auto faults = faults_of(with({{"LOG_LEVEL", "\x1b[31m\r\n" + std::string(1'000'000, 'x')}}));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_THAT(faults.front(), HasSubstr("found \"\\u001b[31m\\r\\nxxx"));
    EXPECT_LT(faults.front().size(), 700U);
}

} // namespace
} // namespace docker_run
