#include "docker/image_reference.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run::docker {
namespace {

using namespace std::string_literals;

const std::string hex(64, 'a');
const std::string format_fault = "invalid reference format";
const std::string tag_fault = "the image's tag is not 1 to 128 letters, digits, '_', '.' and '-'";
const std::string digest_fault =
    "the image's digest is not 'sha256:' and 64 hexadecimal digits in lower case";

TEST(image_reference_test, takes_what_the_engine_can_resolve) {
    for (const std::string& reference : {
             "a"s,
             "python"s,
             "python:3.12-slim"s,
             "docker-run/python"s,
             "glot/c_lang:latest"s,
             "a__b/c.d-e---f"s,
             "localhost/x"s,
             "localhost:5000/x"s,
             "host:5000"s, // the tag 5000 of the image host
             "127.0.0.1:5000/x/y:Tag_1.2-3"s,
             "registry.example.com:443/a/b/c@sha256:"s + hex,
             "python:3.12@sha256:"s + hex,
             "sha256:"s + hex,
             hex,
             "0123456789ab"s,
             "x:_"s,
         })
        EXPECT_EQ(image_reference_fault(reference), "") << reference;
}

TEST(image_reference_test, refuses_everything_else) {
    struct {
        std::string reference;
        std::string fault;
    } const cases[] = {
        {"", "the image name is empty"},
        {" ", format_fault},
        {"a b", format_fault},
        {" a", format_fault},
        {"a ", format_fault},
        {"a\r\nX: y", tag_fault},
        {"a\n", format_fault},
        {"a\0b"s, format_fault},
        {"../x", format_fault},
        {"a/../x", format_fault},
        {"a/./x", format_fault},
        {"a//x", format_fault},
        {"/a", format_fault},
        {"a/", format_fault},
        {"Python", format_fault},
        {"a/B", format_fault},
        {"a?x=1", format_fault},
        {"a#x", format_fault},
        {"a%2fb", format_fault},
        {"a\\b", format_fault},
        {"\xc3\xa9", format_fault},
        {"a..b", format_fault},
        {"a___b", format_fault},
        {"a._b", format_fault},
        {"-a", format_fault},
        {"a-", format_fault},
        {".a", format_fault},
        {"http://a/b", format_fault},
        {"a:1/b:2/c", format_fault},
        {"a:/b", format_fault},
        {"a:b/c", format_fault},
        {":tag", format_fault},
        {"@sha256:" + hex, format_fault},
        {"a:", tag_fault},
        {"a:b:c", format_fault},
        {"a:-b", tag_fault},
        {"a:.b", tag_fault},
        {"a:b c", tag_fault},
        {"a:b\xc3\xa9", tag_fault},
        {"a@", digest_fault},
        {"a@sha256:", digest_fault},
        {"a@md5:" + hex, digest_fault},
        {"a@sha256:" + std::string(64, 'A'), digest_fault},
        {"a@sha256:" + std::string(64, 'g'), digest_fault},
        {"a@sha256:" + hex + "@sha256:" + hex, digest_fault},
    };
    for (const auto& [reference, fault] : cases)
        EXPECT_EQ(image_reference_fault(reference), fault) << reference;
}

TEST(image_reference_test, holds_every_limit_and_not_one_past_it) {
    const auto name = [](std::size_t size) { return "a/" + std::string(size - 2, 'b'); };
    const auto tag = [](std::size_t size) { return "a:" + std::string(size, 'b'); };
    const auto digest = [](std::size_t size) { return "a@sha256:" + std::string(size, 'b'); };
    const auto port = [](std::size_t size) { return "a:" + std::string(size, '1') + "/b"; };

    EXPECT_EQ(image_reference_fault(name(255)), "");
    EXPECT_EQ(image_reference_fault(name(255) + ":" + std::string(128, 't') + "@sha256:" + hex), "");
    EXPECT_EQ(image_reference_fault(name(256)), "the image name is longer than 255 characters");
    EXPECT_EQ(image_reference_fault(name(5000)), "the image name is longer than 255 characters");
    EXPECT_EQ(image_reference_fault(std::string(1'000'000, 'A')),
              "the image name is longer than 255 characters");
    EXPECT_EQ(image_reference_fault(tag(128)), "");
    EXPECT_EQ(image_reference_fault(tag(129)), tag_fault);
    EXPECT_EQ(image_reference_fault(digest(64)), "");
    EXPECT_EQ(image_reference_fault(digest(63)), digest_fault);
    EXPECT_EQ(image_reference_fault(digest(65)), digest_fault);
    EXPECT_EQ(image_reference_fault(port(5)), "");
    EXPECT_EQ(image_reference_fault(port(6)), format_fault);
}

// What passes can stand in a request line and in a path as it is, whatever byte was tried.
TEST(image_reference_test, lets_no_byte_pass_that_means_something_in_a_path) {
    const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@";
    for (int byte = 0; byte < 256; ++byte) {
        const char character = static_cast<char>(byte);
        if (allowed.find(character) != std::string::npos)
            continue;
        for (const std::string& reference :
             {"a"s + character + "b", "a:b"s + character + "b", "a/b"s + character, character + "a"s,
              "a@sha256:"s + character + hex})
            EXPECT_NE(image_reference_fault(reference), "") << byte;
    }
}

} // namespace
} // namespace docker_run::docker
