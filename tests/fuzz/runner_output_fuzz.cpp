#include "fuzz_input.hpp"
#include "run/live_frame_parser.hpp"
#include "run/sealed_frame.hpp"

#include <algorithm>
#include <string>

using docker_run::live_frame_parser;
using docker_run::sealed_frame;

namespace {

constexpr std::size_t limit = 1024;

/// The type of each byte, and a mark at the end of each frame.
void take(live_frame_parser& parser, std::string_view bytes, std::string& found) {
    while (const auto piece = parser.next(bytes)) {
        found.append(piece->bytes.size(), static_cast<char>(piece->type));
        if (piece->is_last)
            found += '|';
    }
    require(bytes.empty());
}

} // namespace

/// The two streams of a container with protocol 2: what is found in them does not depend on how their bytes
/// come.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz_input input(data, size);
    live_frame_parser whole;
    live_frame_parser pieces;
    std::string of_whole;
    std::string of_pieces;
    sealed_frame sealed_whole(limit);
    sealed_frame sealed_pieces(limit);
    take(whole, input.bytes, of_whole);
    sealed_whole.feed(input.bytes);
    input.for_each_piece([&](std::string_view piece) {
        take(pieces, piece, of_pieces);
        sealed_pieces.feed(piece);
        return true;
    });
    require(whole.is_lost() == pieces.is_lost() && whole.foreign_text() == pieces.foreign_text());
    require(of_whole == of_pieces);
    require(sealed_whole.what() == sealed_pieces.what());
    require(sealed_whole.is_answer() == sealed_pieces.is_answer());
    if (sealed_whole.is_answer())
        require(sealed_whole.object() == sealed_pieces.object() && sealed_whole.object().size() <= limit);
    return 0;
}
