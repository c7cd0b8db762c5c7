#include "json/base64.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

// RFC 4648, section 10. The library's function has no public name, so a new version may lose it.
TEST(encode_base64, agrees_with_the_vectors_of_the_rfc) {
    EXPECT_EQ(encode_base64(""), "");
    EXPECT_EQ(encode_base64("f"), "Zg==");
    EXPECT_EQ(encode_base64("fo"), "Zm8=");
    EXPECT_EQ(encode_base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(encode_base64(std::string_view("\xFB\xFF\x00", 3)), "+/8A");
}

} // namespace
} // namespace docker_run
