#pragma once

#include <cstdint>
#include <string>

namespace docker_run::test {

/// A frame of the engine's attach stream. `type`: 1 for stdout, 2 for stderr.
inline std::string stream_frame(char type, const std::string& body) {
    const auto size = static_cast<std::uint32_t>(body.size());
    std::string frame = {type, 0, 0, 0};
    for (const int shift : {24, 16, 8, 0})
        frame += static_cast<char>((size >> shift) & 0xff);
    return frame + body;
}

} // namespace docker_run::test
