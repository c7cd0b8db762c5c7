#include "api/event_envelope.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

std::string preferred(const std::string& accept) {
    boost::beast::http::fields fields;
    fields.insert(boost::beast::http::field::accept, accept);
    const auto envelope = preferred_envelope(fields);
    return envelope ? std::string(media_type_of(*envelope)) : "plain";
}

TEST(event_envelope, is_chosen_only_where_it_is_preferred_by_name) {
    const struct {
        std::string accept;
        std::string envelope;
    } cases[] = {
        {"", "plain"},
        {"*/*", "plain"},
        {"application/*", "plain"},
        {"application/json", "plain"},
        {"application/x-ndjson", "application/x-ndjson"},
        {"text/event-stream", "text/event-stream"},
        {"application/json, text/event-stream", "plain"}, // what clients of MCP send
        {"application/json, application/x-ndjson", "plain"},
        {"application/json;q=0.5, application/x-ndjson;q=0.5", "plain"},
        {"application/json;q=0.5, application/x-ndjson;q=0.6", "application/x-ndjson"},
        {"application/json;q=0.7, text/event-stream;q=0.6", "plain"},
        {"application/json;q=0, text/event-stream;q=0.1", "text/event-stream"},
        {"application/x-ndjson;q=0", "plain"},
        {"application/x-ndjson;q=0.1, */*", "application/x-ndjson"},
        {"application/x-ndjson, text/event-stream", "application/x-ndjson"},
        {"application/x-ndjson;q=0.5, text/event-stream", "text/event-stream"},
        {"application/x-ndjson;q=0.2, text/event-stream;q=0.4, application/json;q=0.3", "text/event-stream"},
    };
    for (const auto& [accept, envelope] : cases)
        EXPECT_EQ(preferred(accept), envelope) << accept;
}

TEST(event_envelope, wraps_each_event) {
    constexpr auto as_lines = event_envelope::json_lines;
    constexpr auto as_messages = event_envelope::server_sent_events;
    EXPECT_EQ(wrap(as_lines, {{"{1}", "{2}"}, false}), "{1}\n{2}\n");
    EXPECT_EQ(wrap(as_messages, {{"{1}", "{2}"}, true}), "data: {1}\n\ndata: {2}\n\n");
    EXPECT_EQ(wrap(as_lines, {{}, false}), "{\"type\":\"alive\"}\n");
    EXPECT_EQ(wrap(as_messages, {{}, false}), ":\n\n");
    EXPECT_EQ(wrap(as_lines, {{}, true}), "") << "nothing follows";
}

} // namespace
} // namespace docker_run
