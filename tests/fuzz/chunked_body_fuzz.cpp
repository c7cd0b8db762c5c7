#include "fuzz_input.hpp"
#include "http/chunked_decoder.hpp"

#include <algorithm>
#include <string>

using namespace docker_run::http;

namespace {

constexpr std::size_t max_size = 4096;

} // namespace

/// Data, end and fault do not depend on how the bytes come, and the data keeps its bound.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz_input input(data, size);
    chunked_decoder whole(max_size);
    std::string expected;
    const auto used = whole.decode(input.bytes, expected);
    chunked_decoder pieces(max_size);
    std::string body;
    std::size_t taken = 0;
    input.for_each_piece([&](std::string_view piece) {
        taken += pieces.decode(piece, body);
        return !pieces.is_done() && !pieces.fault();
    });
    require(body == expected && taken == used);
    require(pieces.is_done() == whole.is_done() && pieces.fault() == whole.fault());
    require(body.size() <= max_size);
    return 0;
}
