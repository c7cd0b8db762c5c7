#include "failure.hpp"
#include "frame.hpp"
#include "frame_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace code_runner {
namespace {

using protocol::task_frame;

std::string frame_to_runner(task_frame type, std::string_view content) {
    std::string result;
    append_frame(result, static_cast<char>(type), content);
    return result;
}

std::string head_of(char type, std::uint64_t size) {
    return type + big_endian(size, 4);
}

std::vector<received_frame> read_in_pieces(std::string_view stream, std::size_t step) {
    frame_reader reader;
    std::vector<received_frame> result;
    while (!stream.empty()) {
        std::string_view piece = stream.substr(0, step);
        stream.remove_prefix(piece.size());
        while (auto frame = reader.next(piece))
            result.push_back(std::move(*frame));
        EXPECT_TRUE(piece.empty());
    }
    return result;
}

TEST(frame_reader, finds_the_same_frames_however_they_arrive) {
    const std::string content = std::string(3000, 'x') + std::string{"\0P\xFF", 3};
    const std::string stream =
        frame_to_runner(task_frame::options, "{}") + frame_to_runner(task_frame::payload, content) +
        frame_to_runner(task_frame::end_of_input, "") + frame_to_runner(task_frame::input, "y");
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, stream.size()}) {
        const std::vector<received_frame> frames = read_in_pieces(stream, step);
        ASSERT_EQ(frames.size(), 4U);
        EXPECT_EQ(frames[0].type, task_frame::options);
        EXPECT_EQ(frames[0].content, "{}");
        EXPECT_EQ(frames[1].type, task_frame::payload);
        EXPECT_EQ(frames[1].content, content);
        EXPECT_EQ(frames[2].type, task_frame::end_of_input);
        EXPECT_EQ(frames[2].content, "");
        EXPECT_EQ(frames[3].content, "y");
    }
}

TEST(frame_reader, takes_no_byte_beyond_the_frame) {
    frame_reader reader;
    const std::string stream = frame_to_runner(task_frame::input, "in") + "rest";
    std::string_view rest = stream;
    EXPECT_EQ(reader.next(rest)->content, "in");
    EXPECT_EQ(rest, "rest");
}

TEST(frame_reader, refuses_a_frame_that_is_longer_than_its_type_may_be) {
    struct row {
        task_frame type;
        std::size_t greatest;
    };
    for (const row& row :
         {row{task_frame::payload, std::size_t{64} * 1024 * 1024}, row{task_frame::options, 65'536},
          row{task_frame::input, 65'536}, row{task_frame::end_of_input, 65'536}}) {
        const char type = static_cast<char>(row.type);
        const std::string fits = head_of(type, row.greatest);
        const std::string too_long = head_of(type, row.greatest + 1);
        std::string_view bytes = fits;
        EXPECT_FALSE(frame_reader{}.next(bytes));
        bytes = too_long;
        EXPECT_THROW(frame_reader{}.next(bytes), failure);
    }
}

TEST(frame_reader, refuses_an_unknown_type_by_its_head) {
    const std::string head = head_of('A', 0);
    std::string_view bytes = head;
    EXPECT_THROW(frame_reader{}.next(bytes), failure);
}

} // namespace
} // namespace code_runner
