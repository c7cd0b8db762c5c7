#pragma once

#include "api/run_event_queue.hpp"

#include <boost/beast/http/fields.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// The forms in which a response body carries events.
enum class event_envelope : std::uint8_t {
    json_lines,        ///< application/x-ndjson: each event is a line
    server_sent_events ///< text/event-stream: each event is the `data:` of a message
};

/// The envelope that a request prefers to a plain answer: its media type must be named in Accept, with a
/// higher weight than `application/json` is named with. nullopt: a plain answer. Pure.
std::optional<event_envelope> preferred_envelope(const boost::beast::http::fields& fields);

std::string_view media_type_of(event_envelope envelope);

/// The events as a piece of a response body. Pure.
std::string wrap(event_envelope envelope, event_batch batch);

} // namespace docker_run
