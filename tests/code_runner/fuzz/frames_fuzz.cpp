#include "failure.hpp"
#include "frame_reader.hpp"
#include "run_options.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace code_runner;

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// The frames of a stream that arrives in pieces of that size, and whether it is malformed.
struct outcome {
    std::vector<std::string> frames;
    bool malformed = false;

    bool operator==(const outcome&) const = default;
};

outcome read_in_pieces(std::string_view stream, std::size_t step) {
    outcome result;
    frame_reader reader;
    try {
        while (!stream.empty()) {
            std::string_view piece = stream.substr(0, step);
            stream.remove_prefix(piece.size());
            while (const auto frame = reader.next(piece))
                result.frames.push_back(static_cast<char>(frame->type) + frame->content);
            require(piece.empty());
        }
    } catch (const failure&) {
        result.malformed = true;
    }
    return result;
}

} // namespace

/// Whatever the bytes are, the frames are the same however they arrive, and options are read or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view stream{reinterpret_cast<const char*>(data), size};
    const outcome whole = read_in_pieces(stream, size + 1);
    require(whole == read_in_pieces(stream, 1));
    require(whole == read_in_pieces(stream, 3));
    for (const std::string& frame : whole.frames) {
        try {
            const run_options options = parse_options(std::string_view{frame}.substr(1));
            require(!options.window || (options.interactive && options.window->rows > 0));
        } catch (const failure& refusal) {
            require(!std::string_view{refusal.what()}.empty());
        }
    }
    return 0;
}
