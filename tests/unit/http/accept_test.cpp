#include "http/accept.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run::http {
namespace {

unsigned weight_in_lines(const std::vector<std::string>& lines) {
    boost::beast::http::fields fields;
    for (const auto& each : lines)
        fields.insert(boost::beast::http::field::accept, each);
    return weight_of("text/event-stream", fields);
}

TEST(accept, gives_the_weight_of_a_type_that_is_named) {
    const struct {
        std::string value;
        unsigned weight;
    } cases[] = {
        {"", 0},
        {"*/*", 0},
        {"text/*", 0},
        {"application/json", 0},
        {"text/event-streams", 0},
        {"text/event-stream", 1000},
        {"Text/Event-Stream", 1000},
        {" text/event-stream ; q=0.5 ", 500},
        {"text/event-stream;q=0", 0},
        {"text/event-stream;q=0.001", 1},
        {"text/event-stream;q=1.000", 1000},
        {"text/event-stream;Q=0.25", 250},
        {"text/event-stream;charset=utf-8;q=0.3", 300},
        {"a/b;c=\"text/event-stream\"", 0},
        {"a/b;c=\", text/event-stream, \\\"\";q=1", 0},
        {"a/b;c=\",\", text/event-stream", 1000},
        {"text/event-stream;c=\";q=0\"", 1000},
        {"application/json, text/event-stream;q=0.9, */*;q=0.1", 900},
        {"text/event-stream;q=0.1,text/event-stream;q=0.2", 200},
        {",, text/event-stream ,", 1000},
    };
    for (const auto& [value, weight] : cases)
        EXPECT_EQ(weight_in_lines({value}), weight) << value;
}

TEST(accept, gives_nothing_to_a_malformed_weight) {
    for (const std::string weight : {"", "2", "1.1", "0.1234", "-1", "0,5", ".5", "0.5x", "1.0001", "00.5"})
        EXPECT_EQ(weight_in_lines({"text/event-stream;q=" + weight}), 0U) << weight;
}

TEST(accept, reads_every_line_of_the_field) {
    EXPECT_EQ(weight_in_lines({"application/json", "text/event-stream;q=0.7"}), 700U);
    EXPECT_EQ(weight_in_lines({}), 0U);
}

} // namespace
} // namespace docker_run::http
