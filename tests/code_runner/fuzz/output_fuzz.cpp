#include "answer.hpp"
#include "output_text.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace code_runner;

constexpr std::size_t plenty = 1 << 24;

void require(bool condition) {
    if (!condition)
        std::abort();
}

output_text encode(std::string_view bytes, std::size_t step) {
    output_text text{plenty};
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
        text.append(bytes.substr(0, step));
    text.finish();
    return text;
}

} // namespace

/// Whatever is printed and however it is cut: valid JSON within the limit, and the head of what was printed.
/// The first two bytes of the input choose the limit and the pieces, a third where stderr starts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3)
        return 0;
    const std::size_t limit = 1024 + std::size_t{8} * data[0];
    const std::size_t step = 1 + data[1] % 7U;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 3, size - 3};
    const std::size_t middle = bytes.size() * data[2] / 255;

    const output_text out = encode(bytes.substr(0, middle), step);
    const output_text errors = encode(bytes.substr(middle), plenty);
    require(out.encoded() == encode(bytes.substr(0, middle), plenty).encoded());

    const std::string answer = encode_answer(stage_verdict{}, out, errors, limit);
    require(answer.size() <= limit && answer.ends_with("}\n"));
    const auto object = nlohmann::json::parse(answer);
    for (const auto& [name, text] : {std::pair{"stdout", &out}, std::pair{"stderr", &errors}}) {
        const auto whole = nlohmann::json::parse('"' + text->encoded() + '"').get<std::string>();
        const auto& kept = object[name].get_ref<const std::string&>();
        require(whole.starts_with(kept));
        require(object["truncated"][name] == (kept.size() < whole.size()));
    }
    return 0;
}
