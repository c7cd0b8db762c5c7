#include "http/error.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace docker_run::http {

using nlohmann::json;

request_error::request_error(unsigned status, std::string code, const std::string& message)
    : std::runtime_error(message), status_(status), code_(std::move(code)) {}

request_error::request_error(const refusal& reason)
    : request_error(reason.status, std::string(reason.code), std::string(reason.message)) {}

std::string bounded_utf8(std::string_view text, std::size_t max_size) {
    // A replacement is never shorter than the bytes that it replaces, so no byte after these can survive the
    // final cut. The four extra bytes keep the first cut from breaking a character that fits.
    const json raw = std::string(text.substr(0, max_size + 4));
    const json clean = json::parse(raw.dump(-1, ' ', false, json::error_handler_t::replace));
    std::string result = clean.get<std::string>();
    if (result.size() <= max_size)
        return result;
    std::size_t end = max_size;
    while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0U) == 0x80U)
        --end;
    result.resize(end);
    return result;
}

std::string error_body(std::string_view code, std::string_view message) {
    nlohmann::ordered_json body = nlohmann::ordered_json::object();
    body["error"] = bounded_utf8(code, max_message_size);
    body["message"] = bounded_utf8(message, max_message_size);
    return body.dump();
}

} // namespace docker_run::http
