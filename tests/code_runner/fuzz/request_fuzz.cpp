#include "document_scanner.hpp"
#include "failure.hpp"
#include "plan.hpp"
#include "recipe.hpp"
#include "request.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace code_runner;

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// Whatever the bytes are, the end of the document is the same however they arrive.
std::string_view document_in(std::string_view bytes) {
    document_scanner whole;
    document_scanner single;
    const auto end = whole.feed(bytes);
    auto end_of_single = document_scanner::state::incomplete;
    for (const char byte : bytes)
        end_of_single = single.feed({&byte, 1});
    require(end == end_of_single && whole.size() == single.size() && whole.size() <= bytes.size());
    return bytes.substr(0, whole.size());
}

void check(const caller_request& request, const image_recipe& recipe) {
    for (const source_file& file : request.files)
        require(!file.name.empty() && !file.content.empty() && file.name.find('\0') == std::string::npos);
    const run_plan plan = make_plan(request, recipe);
    require(!plan.run.empty());
    suits_prestarted(plan, request, recipe);
}

} // namespace

/// A request is read and planned, or refused with a sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const image_recipe recipe = parse_recipe(
        "language c\nbuild cc {main} {others:c} {reversed:h}\nbuild x {each:c}\nrun ./{class}\n");
    const std::string_view document = document_in({reinterpret_cast<const char*>(data), size});
    try {
        check(parse_request(document, recipe.language), recipe);
    } catch (const failure& refusal) {
        require(!std::string_view{refusal.what()}.empty());
    }
    return 0;
}
