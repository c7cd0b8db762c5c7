#include "frame.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace code_runner {
namespace {

TEST(frame, is_its_type_its_length_and_its_content) {
    std::string stream = "before";
    append_frame(stream, 'O', std::string(0x0102, 'x'));
    EXPECT_EQ(stream, std::string("beforeO\0\0\1\2", 11) + std::string(0x0102, 'x'));
    EXPECT_EQ(encode_frame(protocol::sealed_frame::failure, ""), std::string("X\0\0\0\0", 5));
}

TEST(frame, of_the_end_is_cut_to_the_greatest_length) {
    const std::string longest(protocol::greatest_frame, 'x');
    const std::string whole = encode_frame(protocol::sealed_frame::failure, longest);
    EXPECT_EQ(whole.size(), protocol::frame_head_size + protocol::greatest_frame);
    EXPECT_EQ(encode_frame(protocol::sealed_frame::failure, longest + "y"), whole);

    const std::string text = std::string(protocol::greatest_frame - 2, 'x');
    EXPECT_EQ(encode_frame(protocol::sealed_frame::failure, text + "€"),
              encode_frame(protocol::sealed_frame::failure, text));
}

TEST(frame, numbers_are_big_endian) {
    EXPECT_EQ(big_endian(0x0102030405060708, 8), "\1\2\3\4\5\6\7\10");
    EXPECT_EQ(big_endian(std::numeric_limits<std::uint64_t>::max(), 8), std::string(8, '\xFF'));
    EXPECT_EQ(big_endian(1, 2), std::string("\0\1", 2));
}

} // namespace
} // namespace code_runner
