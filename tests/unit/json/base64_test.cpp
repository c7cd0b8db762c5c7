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

TEST(decode_base64, undoes_the_encoding) {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) {
        EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
        bytes += static_cast<char>(byte);
    }
    EXPECT_EQ(decode_base64url(""), "");
    EXPECT_EQ(decode_base64url("Zm8"), "fo");
    EXPECT_EQ(decode_base64url("-_8A"), std::string("\xFB\xFF\x00", 3));
}

TEST(decode_base64, refuses_every_other_spelling) {
    for (const char* text :
         {"Z", "Zg", "Zg=", "Zh==", "Zg===", "====", "Zm9=", "Zm9v\n", "Zm 9", "-_8A", "Zg==Zg=="})
        EXPECT_EQ(decode_base64(text), std::nullopt) << text;
    for (const char* text : {"Z", "Zh", "Zg==", "+/8A", "Zm9vY"})
        EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
}

} // namespace
} // namespace docker_run
