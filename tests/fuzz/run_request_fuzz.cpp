#include "api/run_request.hpp"
#include "fuzz_input.hpp"
#include "json/json_check.hpp"
#include "json/json_scanner.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

using namespace docker_run;

/// A request that is taken is valid JSON, and its payload is an object of its own. The scanner finds the end
/// of every valid object, however its bytes come.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz_input input(data, size);
    const auto parsed = parse_run_request(input.bytes);
    if (const auto* request = std::get_if<run_request>(&parsed)) {
        const auto body = nlohmann::json::parse(input.bytes);
        require(body["image"] == request->image);
        require(!check_json(request->payload));
        require(body["payload"] == nlohmann::json::parse(request->payload));
    }
    if (!check_json(input.bytes)) {
        object_scanner scanner;
        std::size_t taken = 0;
        input.for_each_piece([&](std::string_view piece) {
            taken += scanner.feed(piece);
            return true;
        });
        require(scanner.current_state() == object_scanner::state::complete);
        require(!check_json(input.bytes.substr(0, taken)));
    }
    return 0;
}
