#include "http/request_target.hpp"

#include <gtest/gtest.h>

namespace docker_run::http {
namespace {

TEST(request_target, names_a_path_in_each_of_its_four_forms) {
    EXPECT_EQ(target_path("GET", "/run"), "/run");
    EXPECT_EQ(target_path("GET", "/run?a=b?c"), "/run");
    EXPECT_EQ(target_path("GET", "http://host:80/run?x"), "/run");
    EXPECT_EQ(target_path("GET", "HTTP://host"), "/");
    EXPECT_EQ(target_path("GET", "http://host?x"), "/");
    EXPECT_EQ(target_path("OPTIONS", "*"), "*");
    EXPECT_EQ(target_path("CONNECT", "host:80"), "host:80");
}

TEST(request_target, is_refused_where_it_is_none_of_them) {
    for (const auto* target :
         {"", "run", "*", "http://", "http:///run", "ftp://host/", "/a#b", "/a b", "/\xc3\xa4"})
        EXPECT_FALSE(target_path("GET", target)) << target;
    EXPECT_FALSE(target_path("CONNECT", "/run"));
    EXPECT_FALSE(target_path("CONNECT", "host"));
}

TEST(request_target, has_a_query_after_its_first_question_mark) {
    EXPECT_EQ(target_query("/run"), "");
    EXPECT_EQ(target_query("/run?"), "");
    EXPECT_EQ(target_query("/run?a=b?c"), "a=b?c");
    EXPECT_EQ(target_query("http://host?x"), "x");
}

} // namespace
} // namespace docker_run::http
