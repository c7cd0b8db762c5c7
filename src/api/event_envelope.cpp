#include "api/event_envelope.hpp"

#include "http/accept.hpp"

#include <utility>

namespace docker_run {

namespace {

/// An empty batch: in a stream of messages a comment, which clients skip (HTML, 9.2.6).
std::string sign_of_life(event_envelope envelope) {
    if (envelope == event_envelope::server_sent_events)
        return ":\n\n";
    return run_event_encoder::alive() + "\n";
}

} // namespace

std::optional<event_envelope> preferred_envelope(const boost::beast::http::fields& fields) {
    const auto weight = [&fields](std::string_view media_type) {
        return http::weight_of(media_type, fields);
    };
    const auto plain = weight("application/json");
    const auto lines = weight(media_type_of(event_envelope::json_lines));
    const auto messages = weight(media_type_of(event_envelope::server_sent_events));
    if (lines > plain && lines >= messages)
        return event_envelope::json_lines;
    if (messages > plain)
        return event_envelope::server_sent_events;
    return std::nullopt;
}

std::string_view media_type_of(event_envelope envelope) {
    return envelope == event_envelope::json_lines ? "application/x-ndjson" : "text/event-stream";
}

std::string wrap(event_envelope envelope, event_batch batch) {
    if (batch.events.empty())
        return batch.is_last ? "" : sign_of_life(envelope);
    const bool is_message = envelope == event_envelope::server_sent_events;
    std::string piece;
    for (auto& each : batch.events) {
        if (is_message)
            each.insert(0, "data: ");
        each += is_message ? "\n\n" : "\n";
        if (piece.empty())
            piece = std::move(each); // an answer may be large
        else
            piece += each;
    }
    return piece;
}

} // namespace docker_run
