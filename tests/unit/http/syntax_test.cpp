#include "http/syntax.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace docker_run::http {
namespace {

TEST(http_syntax, texts_are_equal_when_only_the_case_of_letters_differs) {
    EXPECT_TRUE(equals_ignoring_case("", ""));
    EXPECT_TRUE(equals_ignoring_case("Content-Length", "cONTENT-lENGTH"));
    EXPECT_FALSE(equals_ignoring_case("host", "hosts"));
    EXPECT_FALSE(equals_ignoring_case("host", "hose"));
    EXPECT_FALSE(equals_ignoring_case("[", "{")) << "they differ by the bit that tells the case of a letter";
}

TEST(http_syntax, no_byte_after_a_text_is_compared) {
    // An allocation of exactly the text's size: AddressSanitizer sees a read after it.
    const std::vector<char> text{'h', 't', 't', 'P'};
    EXPECT_TRUE(equals_ignoring_case({text.data(), text.size()}, "http"));
}

} // namespace
} // namespace docker_run::http
