#include "cli/selftest_calls.hpp"

namespace docker_run {

namespace {

constexpr unsigned char program[] = {
#include "try_calls_bytes.inc"
};

} // namespace

std::string try_calls_for_printf() {
    std::string text;
    text.reserve(4 * sizeof program);
    for (const unsigned byte : program) {
        text += '\\';
        for (const unsigned shift : {6U, 3U, 0U})
            text += static_cast<char>('0' + (byte >> shift & 7U));
    }
    return text;
}

} // namespace docker_run
