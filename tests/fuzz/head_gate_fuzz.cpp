#include "fuzz_input.hpp"
#include "http/head_gate.hpp"
#include "http/request_target.hpp"

#include <algorithm>

using namespace docker_run::http;

namespace {

bool same(const head_verdict& a, const head_verdict& b) {
    if (a.index() != b.index())
        return false;
    if (const auto* head = std::get_if<accepted_head>(&a)) {
        const auto& other = std::get<accepted_head>(b);
        return head->offset == other.offset && head->size == other.size && head->framing == other.framing;
    }
    const auto* reason = std::get_if<refusal>(&a);
    return reason == nullptr || *reason == std::get<refusal>(b);
}

} // namespace

/// The verdict does not depend on how the bytes come, and an accepted head lies within them and its bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz_input input(data, size);
    head_gate whole;
    const auto verdict = whole.inspect(input.bytes);
    head_gate pieces;
    head_verdict last = incomplete_head{};
    std::size_t given = 0;
    input.for_each_piece([&](std::string_view piece) {
        given += piece.size();
        last = pieces.inspect(input.bytes.substr(0, given));
        return std::holds_alternative<incomplete_head>(last);
    });
    require(same(verdict, last));
    if (const auto* head = std::get_if<accepted_head>(&verdict)) {
        require(head->offset + head->size <= input.bytes.size());
        require(head->offset + head->size <= max_head_size);
    }
    if (const auto path = target_path("GET", input.bytes))
        require(!path->empty() && path->find('?') == std::string_view::npos);
    return 0;
}
