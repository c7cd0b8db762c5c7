#include "docker/image_reference.hpp"
#include "fuzz_input.hpp"
#include "image/image_pattern.hpp"

#include <algorithm>
#include <string>

using namespace docker_run;

/// A name that is taken can stand in a request path as it is, and any pattern can be held against it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz_input input(data, size);
    const auto middle = std::min(input.bytes.find('\n'), input.bytes.size());
    const std::string name(input.bytes.substr(0, middle));
    if (!docker::image_reference_fault(name).empty())
        return 0;
    require(!name.empty() && ("/" + name + "/").find("/../") == std::string::npos);
    require(std::ranges::all_of(name, [](unsigned char byte) {
        return std::isalnum(byte) != 0 ||
               std::string_view("._-:/@").find(static_cast<char>(byte)) != std::string_view::npos;
    }));
    const auto pattern = image_pattern::parse(input.bytes.substr(std::min(middle + 1, input.bytes.size())));
    if (pattern)
        (void)pattern->matches(image_name::of(name));
    return 0;
}
