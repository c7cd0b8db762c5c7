#include "fuzz_input.hpp"
#include "run/run_output.hpp"

#include <algorithm>

using docker_run::run_output;

namespace {

constexpr std::size_t limit = 1024;

} // namespace

/// The multiplexed stream of a container: the output does not depend on how its bytes come, and keeps its
/// limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz_input input(data, size);
    run_output whole(limit);
    whole.feed(input.bytes);
    run_output pieces(limit);
    input.for_each_piece([&](std::string_view piece) {
        pieces.feed(piece);
        return true;
    });
    require(whole.what() == pieces.what() && whole.settled() == pieces.settled());
    if (whole.what() == run_output::fault::none)
        require(whole.object().text() == pieces.object().text() && whole.error_text() == pieces.error_text());
    require(whole.object().text().size() + whole.error_text().size() <= 2 * limit);
    return 0;
}
