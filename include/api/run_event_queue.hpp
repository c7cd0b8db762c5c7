#pragma once

#include "api/run_event_encoder.hpp"
#include "async/event.hpp"
#include "run/run_events.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// Events that leave for the caller together.
struct event_batch {
    std::vector<std::string> events; ///< JSON objects, in order; empty: only a sign of life is due
    bool is_last = false;            ///< no batch follows
};

/// The events of one run on their way from the run to its caller, by any transport. Holds at most 64 KiB of
/// output and lets the run wait beyond that, as run_events::printed() allows. It also decides when events
/// leave: output after a silence at once, and then every 10 ms, or as soon as 16 KiB wait; everything else
/// at once. Use it on one strand, with one coroutine that is the run and one that takes the events.
class run_event_queue final : public run_events {
  public:
    /// `as_bytes`: see run_event_encoder.
    explicit run_event_queue(bool as_bytes) : encoder_(as_bytes) {}

    void started(const run_timings& so_far, bool is_live) override;
    boost::asio::awaitable<void> stage_began(std::string_view name, time_point until) override;
    boost::asio::awaitable<void> printed(output_channel channel, std::string_view bytes,
                                         time_point until) override;

    /// The daemon shuts down. `time`: how long the run may still take.
    void closing(std::chrono::seconds time) { push_event(run_event_encoder::closing(time)); }

    /// Whether the run has had its first event. Before, its failure can still be reported in another way.
    bool has_started() const { return has_started_; }

    /// The run has ended. `last` is its last event.
    void finish(std::string last);

    /// Nobody takes events any more: they are dropped, and nobody waits for anything. The next batch is the
    /// last one and empty.
    void abandon();
    boost::asio::awaitable<void> wait_until_abandoned();

    /// Waits for the next events, at most two seconds once the run has started: then an empty batch asks for
    /// a sign of life. May be cancelled, and loses nothing then.
    boost::asio::awaitable<event_batch> next();

  private:
    using clock = std::chrono::steady_clock;
    enum class content : std::uint8_t { event, standard_output, standard_error };

    /// Output of one channel, or a whole event.
    struct segment {
        content what;
        std::string bytes;
        std::size_t taken = 0; ///< of the bytes
    };

    void push_event(std::string event);
    void push_output(content what, std::string_view bytes);
    boost::asio::awaitable<std::size_t> wait_for_room(time_point until);
    std::size_t room() const;
    bool is_due(clock::time_point now) const;
    clock::time_point next_look() const;
    event_batch take();
    void take_front(std::vector<std::string>& events);
    void flush(std::vector<std::string>& events);

    run_event_encoder encoder_;
    std::deque<segment> segments_;
    std::size_t size_ = 0;   ///< of all segments in bytes, with their overhead
    std::size_t urgent_ = 0; ///< how many of them are events
    std::optional<std::string> last_;
    bool has_started_ = false;
    event abandoned_;
    event news_; ///< next() has a reason to look again
    event room_; ///< the run has a reason to look again
    clock::time_point last_batch_ = clock::time_point::min();
    clock::time_point last_output_ = clock::time_point::min();
};

} // namespace docker_run
