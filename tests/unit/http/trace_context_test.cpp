#include "http/trace_context.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run::http {
namespace {

const std::string valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(trace_context, of_version_00_is_taken) {
    EXPECT_TRUE(is_traceparent(valid));
    EXPECT_TRUE(is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));
}

TEST(trace_context, of_a_later_version_may_be_longer) {
    EXPECT_TRUE(is_traceparent("cc" + valid.substr(2)));
    EXPECT_TRUE(is_traceparent("cc" + valid.substr(2) + "-what-the-future-will-be-like"));
    EXPECT_FALSE(is_traceparent("cc" + valid.substr(2) + ".what"));
    EXPECT_FALSE(is_traceparent("cc" + valid.substr(2) + "-" + std::string(512, 'a')));
}

TEST(trace_context, that_breaks_the_grammar_is_refused) {
    for (const std::string& text : {
             std::string(),
             valid.substr(1),
             valid + "-",
             valid + "-01",
             "ff" + valid.substr(2),
             "0g" + valid.substr(2),
             std::string("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
             std::string("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"),
             std::string("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"),
             std::string("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x"),
             std::string("00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01"),
             std::string("00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01"),
         })
        EXPECT_FALSE(is_traceparent(text)) << text;
}

TEST(trace_context, is_read_from_its_field_unless_there_are_two) {
    boost::beast::http::fields fields;
    EXPECT_EQ(traceparent_of(fields), "");
    fields.insert("Traceparent", valid);
    EXPECT_EQ(traceparent_of(fields), valid);
    fields.insert("traceparent", valid);
    EXPECT_EQ(traceparent_of(fields), "");
}

TEST(trace_context, that_is_invalid_is_as_good_as_absent) {
    boost::beast::http::fields fields;
    fields.insert("traceparent", valid + "x");
    EXPECT_EQ(traceparent_of(fields), "");
}

} // namespace
} // namespace docker_run::http
