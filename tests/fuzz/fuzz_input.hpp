#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// What the fuzz targets share.

/// Ends the process where a claim does not hold, which libFuzzer reports.
inline void require(bool claim) {
    if (!claim)
        std::abort();
}

/// The bytes of one input, and the size of the pieces that they are given in: its first byte decides.
struct fuzz_input {
    std::size_t step = 1;
    std::string_view bytes;

    fuzz_input(const std::uint8_t* data, std::size_t size) {
        if (size == 0)
            return;
        step = 1 + data[0] % 32U;
        bytes = {reinterpret_cast<const char*>(data) + 1, size - 1};
    }

    /// Calls `take` with one piece after the other until it returns false.
    template <class Take>
    void for_each_piece(Take take) const {
        for (auto rest = bytes; !rest.empty(); rest.remove_prefix(std::min(step, rest.size())))
            if (!take(rest.substr(0, step)))
                return;
    }
};
