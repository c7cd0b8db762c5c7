#include "api/router.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

using boost::beast::http::verb;

boost::asio::awaitable<http::response> answer(const api_call&) {
    co_return http::response();
}

router routes() {
    return router({{.path = "/", .methods = {{verb::get, answer}}},
                   {.path = "/runs/{id}", .methods = {{verb::get, answer}, {verb::delete_, answer}}},
                   {.path = "/runs/{id}/{part}", .methods = {{verb::post, answer}}}});
}

TEST(router, finds_a_path_as_it_is_written_and_nothing_near_it) {
    const auto all = routes();
    ASSERT_TRUE(all.find("/"));
    EXPECT_EQ(all.find("/")->resource.path, "/");
    for (const auto* path : {"", "//", "/runs", "/runs/", "/Runs/7", "/runs/7/", "/runs/7/a/b", "*"})
        EXPECT_FALSE(all.find(path)) << path;
}

TEST(router, names_the_parts_that_stand_for_parameters) {
    const auto all = routes();
    const auto one = all.find("/runs/7");
    ASSERT_TRUE(one);
    EXPECT_EQ(one->parameters, (path_parameters{{"id", "7"}}));
    const auto two = all.find("/runs/7/output");
    ASSERT_TRUE(two);
    EXPECT_EQ(two->parameters, (path_parameters{{"id", "7"}, {"part", "output"}}));
}

TEST(router, serves_HEAD_wherever_it_serves_GET) {
    const auto all = routes();
    const auto found = all.find("/runs/7");
    ASSERT_TRUE(found);
    EXPECT_NE(found->resource.find(verb::head), nullptr);
    EXPECT_NE(found->resource.find(verb::delete_), nullptr);
    EXPECT_EQ(found->resource.find(verb::post), nullptr);
    EXPECT_EQ(all.find("/runs/7/output")->resource.find(verb::head), nullptr);
}

TEST(router, lists_the_methods_of_a_resource_for_Allow) {
    EXPECT_EQ(routes().find("/runs/7")->resource.allow(), "GET, HEAD, DELETE");
    EXPECT_EQ(routes().find("/runs/7/output")->resource.allow(), "POST");
}

} // namespace
} // namespace docker_run
