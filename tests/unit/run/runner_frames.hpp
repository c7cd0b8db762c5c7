#pragma once

#include "docker/stream_frame.hpp"

#include <cstdint>
#include <string>

namespace docker_run::test {

/// A number, big-endian.
inline std::string big_endian(std::uint64_t number, int bytes) {
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        text += static_cast<char>((number >> shift) & 0xff);
    return text;
}

/// A frame of the runner's second protocol.
inline std::string runner_frame(char type, const std::string& body = "") {
    return type + big_endian(body.size(), 4) + body;
}

/// The sealed frame of an answer.
inline std::string sealed_answer(const std::string& object, std::uint64_t output, std::uint64_t errors) {
    return runner_frame('A', big_endian(output, 8) + big_endian(errors, 8) + object);
}

inline std::string on_stdout(const std::string& bytes) {
    return stream_frame(1, bytes);
}

inline std::string on_stderr(const std::string& bytes) {
    return stream_frame(2, bytes);
}

} // namespace docker_run::test
