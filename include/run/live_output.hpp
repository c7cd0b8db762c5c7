#pragma once

#include "async/event.hpp"
#include "docker/frame_parser.hpp"
#include "run/container_output.hpp"
#include "run/live_frame_parser.hpp"
#include "run/run_events.hpp"
#include "run/run_outcome.hpp"
#include "run/sealed_frame.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace docker_run {

/// The output of a container whose runner speaks protocol 2. Live frames on stderr become events at once. The
/// sealed frame on stdout is the result. The engine copies the two streams by two hands, so the result may
/// come before a good part of the output: it counts when as many bytes have come as it names. A program that
/// gets hold of stderr can only spoil its own run.
class live_output final : public container_output {
  public:
    /// `events` must outlive it. `so_far`: the timings of the run when it gets its payload. `limit`: bytes of
    /// the result, and roughly of each stage's output. Until `deadline` the events may wait.
    live_output(run_events& events, const run_timings& so_far, std::size_t limit,
                std::chrono::steady_clock::time_point deadline)
        : events_(events), so_far_(so_far), limit_(limit), deadline_(deadline), sealed_(limit) {}

    boost::asio::awaitable<void> take(std::string_view bytes) override;
    bool settled() const noexcept override;
    /// Waits until the runner has accepted the request: input for a container that had already ended would be
    /// lost for the next one.
    boost::asio::awaitable<void> payload_taken() override;
    std::chrono::milliseconds late_time() const noexcept override;
    bool is_untouched() const noexcept override { return !anything_; }
    bool is_complete() const noexcept override { return sealed_.is_answer() || sealed_.is_failure(); }
    run_result result(const conversation_result& talk, const std::optional<docker::container_state>& state,
                      const verdict_limits& limits) override;

  private:
    boost::asio::awaitable<void> take_live(std::string_view bytes);
    boost::asio::awaitable<void> pass_on(output_channel channel, std::string_view bytes);
    void accept(const live_frame_parser::piece& piece);
    boost::asio::awaitable<void> begin_stage(live_frame_parser::piece piece);
    void take_engine_text(output_fault fault, std::string_view text);
    void count(std::size_t size);
    std::uint64_t expected(output_channel channel) const;
    bool has_all_output() const;
    bool has_foreign_output() const;
    output_fault fault() const noexcept;
    output_report report() const;

    run_events& events_;
    run_timings so_far_;
    std::size_t limit_;
    std::chrono::steady_clock::time_point deadline_;
    docker::frame_parser frames_;
    live_frame_parser live_;
    sealed_frame sealed_;
    bool anything_ = false;
    bool is_accepted_ = false;
    event accepted_;
    bool is_spoiled_ = false; ///< the live frames are not those of a runner
    bool is_last_stage_ = false;
    std::string stage_name_;                  ///< of the next one, as far as it has come
    std::size_t stage_bytes_ = 0;             ///< of output in the current stage
    std::size_t late_bytes_ = 0;              ///< of output after the deadline
    std::array<std::uint64_t, 2> received_{}; ///< bytes of output, by channel
    output_fault fault_ = output_fault::none;
    std::string fault_text_;
};

} // namespace docker_run
