#pragma once

#include "code_runner/output_text.hpp"
#include "run/run_error.hpp"
#include "run/run_events.hpp"
#include "run/run_outcome.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// The longest event in bytes, except `answer`. With the envelope of any transport no line is longer than
/// 60000 bytes: clients in Go and asyncio read at most 64 KiB as a line.
inline constexpr std::size_t max_event_size = 59'900;

/// Writes the events of one run as JSON objects (api_docs/run.md, "Live output"). Each is one line, without
/// its line feed, for whatever a client takes for a line end (json_line.hpp). Of the program's output it
/// keeps the bytes of a character that is not complete. Pure; not thread-safe.
class run_event_encoder {
  public:
    /// `as_bytes`: the program's output as base64, not as text.
    explicit run_event_encoder(bool as_bytes) : as_bytes_(as_bytes) {}

    static std::string started(const run_timings& so_far, bool is_live);
    static std::string stage_began(std::string_view name);
    /// A sign of life in a silence.
    static std::string alive();
    /// The daemon shuts down. `time`: how long the run may still take.
    static std::string closing(std::chrono::seconds time);
    /// The last event of a run with that result.
    static std::string ended(const run_result& result, const run_timings& timings);
    /// `object`: the JSON object of the run's result.
    static std::string answered(std::string_view object, const run_timings& timings);
    static std::string failed(const run_failure& failure);
    static std::string failed(unsigned status, std::string_view code, std::string_view message);

    /// Takes bytes from the front of `bytes`, at least one and as many as fit into one event. Returns nullopt
    /// if no character is complete yet. The texts of all events of a channel, joined, are what code_runner
    /// writes into its answer for the same bytes.
    std::optional<std::string> printed(output_channel channel, std::string_view& bytes);

    /// Call it when the output of a channel ends. Returns the event for a character that has stayed
    /// incomplete; nullopt if there is none.
    std::optional<std::string> flush(output_channel channel);

  private:
    std::string take_text(output_channel channel, std::string_view& bytes, std::size_t room);
    code_runner::output_text& text_of(output_channel channel) {
        return texts_[static_cast<std::size_t>(channel)];
    }

    static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

    bool as_bytes_;
    std::array<code_runner::output_text, 2> texts_{code_runner::output_text(unlimited),
                                                   code_runner::output_text(unlimited)};
};

} // namespace docker_run
