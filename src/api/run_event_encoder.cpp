#include "api/run_event_encoder.hpp"

#include "http/error.hpp"
#include "json/base64.hpp"
#include "json/json_line.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace docker_run {

namespace {

/// The longest encoding of one byte: `\u0000`. A character that is escaped as a whole has more bytes.
constexpr std::size_t greatest_growth = 6;
/// A text event that has less room than this left is full. Bounds the number of steps that fill it.
constexpr std::size_t least_room = 256;

/// A member with a time in milliseconds, as in the Server-Timing header.
std::string milliseconds_member(std::string_view name, std::chrono::nanoseconds time) {
    std::array<char, 48> number{};
    std::snprintf(number.data(), number.size(), "%.3f", static_cast<double>(time.count()) / 1e6);
    return ",\"" + std::string(name) + "\":" + number.data();
}

std::string_view name_of(output_channel channel) {
    return channel == output_channel::standard_output ? "stdout" : "stderr";
}

/// The beginning of an output event, up to its text.
std::string output_head(output_channel channel, std::string_view member) {
    std::string head = R"({"type":")";
    return head.append(name_of(channel)).append("\",\"").append(member).append("\":\"");
}

constexpr std::string_view output_tail = "\"}";

} // namespace

std::string run_event_encoder::started(const run_timings& so_far, bool is_live) {
    return std::string(R"({"type":"start","live":)") + (is_live ? "true" : "false") +
           milliseconds_member("queue", so_far.queue) + milliseconds_member("acquire", so_far.acquire) +
           R"(,"pool":")" + (so_far.warm ? "hit" : "miss") + "\"}";
}

std::string run_event_encoder::stage_began(std::string_view name) {
    return R"({"type":"stage","stage":")" + std::string(name) + "\"}";
}

std::string run_event_encoder::alive() {
    return R"({"type":"alive"})";
}

std::string run_event_encoder::closing(std::chrono::seconds time) {
    return R"({"type":"closing","seconds":)" + std::to_string(time.count()) + "}";
}

std::string run_event_encoder::ended(const run_result& result, const run_timings& timings) {
    const auto* failure = std::get_if<run_failure>(&result);
    return failure ? failed(*failure) : answered(std::get<std::string>(result), timings);
}

std::string run_event_encoder::answered(std::string_view object, const run_timings& timings) {
    std::string event = R"({"type":"answer")" + milliseconds_member("run", timings.run) + R"(,"answer":)";
    event += compact_json(object);
    event += '}';
    escape_line_ends(event);
    return event;
}

std::string run_event_encoder::failed(const run_failure& failure) {
    const auto [code, status] = describe(failure.error);
    return failed(status, code, failure.message);
}

std::string run_event_encoder::failed(unsigned status, std::string_view code, std::string_view message) {
    nlohmann::ordered_json event = nlohmann::ordered_json::object();
    event["type"] = "error";
    event["error"] = code;
    event["status"] = status;
    event["message"] = http::bounded_utf8(message, http::max_message_size);
    std::string text = event.dump();
    escape_line_ends(text);
    return text;
}

std::optional<std::string> run_event_encoder::printed(output_channel channel, std::string_view& bytes) {
    std::string event = output_head(channel, as_bytes_ ? "bytes" : "text");
    const std::size_t room = max_event_size - event.size() - output_tail.size();
    if (as_bytes_) {
        const auto piece = bytes.substr(0, room / 4 * 3);
        bytes.remove_prefix(piece.size());
        return event.append(encode_base64(piece)).append(output_tail);
    }
    const auto text = take_text(channel, bytes, room);
    if (text.empty())
        return std::nullopt;
    return event.append(text).append(output_tail);
}

/// Takes as many bytes as fit even if each becomes an escape, then those that fit into what is left of the
/// room. Plain text fills the room in a few such steps.
std::string run_event_encoder::take_text(output_channel channel, std::string_view& bytes, std::size_t room) {
    auto& unfinished = text_of(channel);
    std::string text;
    while (!bytes.empty() && room - text.size() >= least_room) {
        // One unit is kept free for a character that began with earlier bytes.
        const auto piece = bytes.substr(0, (room - text.size()) / greatest_growth - 1);
        unfinished.append(piece);
        bytes.remove_prefix(piece.size());
        auto encoded = unfinished.take();
        escape_line_ends(encoded);
        text += encoded;
    }
    return text;
}

std::optional<std::string> run_event_encoder::flush(output_channel channel) {
    auto& unfinished = text_of(channel);
    unfinished.finish();
    const auto text = unfinished.take();
    if (text.empty())
        return std::nullopt;
    return output_head(channel, "text").append(text).append(output_tail);
}

} // namespace docker_run
