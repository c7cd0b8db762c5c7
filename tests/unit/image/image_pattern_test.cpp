#include "image/image_pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run {
namespace {

using namespace std::string_literals;

const std::string digest_a = "sha256:" + std::string(64, 'a');
const std::string digest_b = "sha256:" + std::string(64, 'b');
const std::string digest_c = "sha256:" + std::string(64, 'c');

bool matches(const std::string& text, const std::string& reference) {
    const auto pattern = image_pattern::parse(text);
    return pattern && pattern->matches(image_name::of(reference));
}

TEST(image_name_test, completes_a_name_as_the_engine_does) {
    struct {
        std::string reference, repository, tag;
    } const cases[] = {
        {"python", "docker.io/library/python", "latest"},
        {"python:3.12", "docker.io/library/python", "3.12"},
        {"docker.io/python", "docker.io/library/python", "latest"},
        {"index.docker.io/library/python", "docker.io/library/python", "latest"},
        {"docker-run/python", "docker.io/docker-run/python", "latest"},
        {"localhost/x", "localhost/x", "latest"},
        {"localhost:5000/x", "localhost:5000/x", "latest"},
        {"quay.io/a/b:c", "quay.io/a/b", "c"},
        {"host:5000", "docker.io/library/host", "5000"},
        {"python@" + digest_a, "docker.io/library/python", ""},
        {"python:3@" + digest_a, "docker.io/library/python", ""},
        {digest_a, "", ""},
        {std::string(64, 'a'), "", ""},
    };
    for (const auto& [reference, repository, tag] : cases) {
        const auto name = image_name::of(reference);
        EXPECT_EQ(name.repository, repository) << reference;
        EXPECT_EQ(name.tag, tag) << reference;
    }
}

TEST(image_pattern_test, matches_one_name_however_it_is_written) {
    for (const auto& text : {"python"s, "library/python"s, "docker.io/python"s, "docker.io/library/python"s})
        for (const auto& reference :
             {"python"s, "library/python:3"s, "docker.io/python"s, "index.docker.io/library/python"s})
            EXPECT_TRUE(matches(text, reference)) << text << " " << reference;
    EXPECT_FALSE(matches("python", "quay.io/library/python"));
    EXPECT_FALSE(matches("python", "evil/python"));
    EXPECT_FALSE(matches("python", "python3"));
    EXPECT_FALSE(matches("python", "xpython"));
}

TEST(image_pattern_test, stops_a_star_at_a_slash_and_two_at_nothing) {
    EXPECT_TRUE(matches("docker-run/*", "docker-run/python:x"));
    EXPECT_FALSE(matches("docker-run/*", "docker-run/a/b"));
    EXPECT_TRUE(matches("docker-run/**", "docker-run/a/b"));
    EXPECT_TRUE(matches("docker-run/**", "docker-run/a"));
    EXPECT_TRUE(matches("docker-run/py*n", "docker-run/python"));
    EXPECT_FALSE(matches("docker-run/py*n", "docker-run/pythons"));
    EXPECT_TRUE(matches("*", "python"));
    EXPECT_FALSE(matches("*", "docker-run/python"));
    EXPECT_TRUE(matches("**", "quay.io/a/b/c:d"));
    EXPECT_TRUE(matches("**/python", "quay.io/a/python"));
    EXPECT_FALSE(matches("**/python", "quay.io/a/xpython"));
    EXPECT_TRUE(matches("quay.io/**", "quay.io/a/b"));
    EXPECT_FALSE(matches("quay.io/**", "quay.io.evil.example/a/b"));
}

TEST(image_pattern_test, compares_the_tag_only_where_it_has_one) {
    EXPECT_TRUE(matches("python", "python:3.12-slim"));
    EXPECT_TRUE(matches("python:latest", "python"));
    EXPECT_FALSE(matches("python:latest", "python:3"));
    EXPECT_TRUE(matches("python:3.*", "python:3.12-slim"));
    EXPECT_FALSE(matches("python:3.*", "python:2.7"));
    EXPECT_TRUE(matches("localhost:5000/x", "localhost:5000/x:y"));
    EXPECT_FALSE(matches("python:3", "python:3@" + digest_a)) << "the engine ignores a tag beside a digest";
    EXPECT_TRUE(matches("python:*", "python@" + digest_a));
}

TEST(image_pattern_test, never_matches_a_name_where_the_image_was_called_by_its_id) {
    EXPECT_FALSE(matches("**", digest_a));
    EXPECT_FALSE(matches("**", std::string(64, 'a')));
    EXPECT_TRUE(matches(digest_a, digest_a));
}

TEST(image_pattern_test, compares_a_digest_with_the_content_and_not_with_the_name) {
    const std::vector<std::string> pushed{"quay.io/x@" + digest_b};
    const auto name = image_name::of("x");
    for (const auto& text : {digest_a, "x@" + digest_a, "x:latest@" + digest_b, digest_b}) {
        const auto pattern = image_pattern::parse(text).value();
        EXPECT_TRUE(pattern.pins_content());
        EXPECT_TRUE(pattern.matches(name)) << text;
        EXPECT_TRUE(pattern.matches(name, {digest_a, {}, pushed})) << text;
        EXPECT_FALSE(pattern.matches(name, {digest_c})) << text;
        EXPECT_FALSE(pattern.matches(name, {""})) << text;
    }
    EXPECT_FALSE(image_pattern::parse("y@" + digest_a)->matches(name, {digest_a, {}, pushed}));
}

TEST(image_pattern_test, refuses_what_no_image_can_be_called) {
    for (const auto& text :
         {""s, "a b"s, "A"s, "/a"s, "a/"s, "a//b"s, "../x"s, "a:"s, "x?"s, "[ab]"s, "x@sha256:12"s, "x@*"s,
          std::string(64, 'a'), "x:a:b"s, std::string(300, 'x'), "*:*:*"s})
        EXPECT_FALSE(image_pattern::parse(text)) << text;
}

// A caller chooses the name: its price must not grow with a power of its size.
TEST(image_pattern_test, takes_time_of_the_product_of_the_sizes) {
    std::string stars;
    for (int i = 0; i < 60; ++i)
        stars += "*a";
    EXPECT_FALSE(matches("x/" + stars + "b", "x/" + std::string(250, 'a')));
}

} // namespace
} // namespace docker_run
