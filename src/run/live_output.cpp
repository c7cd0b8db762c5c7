#include "run/live_output.hpp"

#include "run/podman_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using protocol_frame = code_runner::protocol::live_frame;

namespace {

constexpr std::string_view build_stage = "build";
constexpr std::string_view run_stage = "run";
constexpr std::size_t stage_event_size = 64; ///< what the receiver may need for one
/// The runner notices that the limit is reached after the pieces that it has just read (32 KiB of each
/// channel), and then takes what waits in the pipes of the program (64 KiB each).
constexpr std::size_t most_beyond_limit = 256 * 1024;
/// For what waits in the engine, at most 1.4 MB a stream (measured, Docker 20.10 and 29).
constexpr std::chrono::milliseconds late_reading_time = 1s;

std::size_t index_of(output_channel channel) {
    return static_cast<std::size_t>(channel);
}

/// The result of a run whose program has written to the runner's channel: what it printed is not known.
std::string spoiled_object(std::string_view object) {
    auto result = nlohmann::ordered_json::parse(object);
    result["error"] = "The program wrote to the runner's channel";
    result["status"] = "output";
    return result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

std::chrono::milliseconds live_output::late_time() const noexcept {
    return late_reading_time;
}

asio::awaitable<void> live_output::payload_taken() {
    co_await accepted_.wait(std::chrono::steady_clock::time_point::max());
}

asio::awaitable<void> live_output::take(std::string_view bytes) {
    while (const auto piece = frames_.next(bytes)) {
        anything_ = true;
        switch (piece->type) {
        case docker::frame_type::standard_output:
            sealed_.feed(piece->bytes);
            break;
        case docker::frame_type::standard_error:
            co_await take_live(piece->bytes);
            break;
        case docker::frame_type::standard_input:
            take_engine_text(output_fault::standard_input, piece->bytes);
            break;
        case docker::frame_type::system_error:
            take_engine_text(output_fault::engine_text, piece->bytes);
            break;
        }
    }
    if (frames_.is_malformed() && fault_ == output_fault::none)
        fault_ = output_fault::not_frames;
}

asio::awaitable<void> live_output::take_live(std::string_view bytes) {
    while (const auto piece = live_.next(bytes)) {
        if (is_spoiled_ || fault_ != output_fault::none)
            continue;
        if (!is_accepted_ || piece->type == protocol_frame::accepted)
            accept(*piece);
        else if (piece->type == protocol_frame::stage)
            co_await begin_stage(*piece);
        else if (piece->type == protocol_frame::output)
            co_await pass_on(output_channel::standard_output, piece->bytes);
        else
            co_await pass_on(output_channel::standard_error, piece->bytes);
    }
}

/// The first frame, and only this one, is empty and accepts the request.
void live_output::accept(const live_frame_parser::piece& piece) {
    is_spoiled_ = is_accepted_ || piece.type != protocol_frame::accepted || !piece.bytes.empty();
    if (is_spoiled_)
        return;
    is_accepted_ = true;
    accepted_.set();
    events_.started(so_far_, true);
}

/// A forged frame has no more effect than forged output.
asio::awaitable<void> live_output::begin_stage(live_frame_parser::piece piece) {
    stage_name_.append(piece.bytes);
    is_spoiled_ = stage_name_.size() > build_stage.size();
    if (is_spoiled_ || !piece.is_last)
        co_return;
    const auto name = std::exchange(stage_name_, {});
    is_spoiled_ = is_last_stage_ || (name != build_stage && name != run_stage);
    if (is_spoiled_)
        co_return;
    is_last_stage_ = name == run_stage;
    stage_bytes_ = 0;
    count(stage_event_size);
    co_await events_.stage_began(name, deadline_);
}

asio::awaitable<void> live_output::pass_on(output_channel channel, std::string_view bytes) {
    auto& received = received_[index_of(channel)];
    received += bytes.size();
    if (sealed_.is_answer() && received > expected(channel))
        co_return;
    count(bytes.size());
    if (fault_ == output_fault::none && !bytes.empty())
        co_await events_.printed(channel, bytes, deadline_);
}

/// From the deadline on, the receiver takes everything, and keeps it.
void live_output::count(std::size_t size) {
    stage_bytes_ += size;
    if (std::chrono::steady_clock::now() >= deadline_)
        late_bytes_ += size;
    if (std::max(stage_bytes_, late_bytes_) > limit_ + most_beyond_limit)
        fault_ = output_fault::too_large;
}

void live_output::take_engine_text(output_fault fault, std::string_view text) {
    if (fault_ != output_fault::none)
        return;
    fault_ = fault;
    fault_text_.assign(text.substr(0, limit_));
}

/// Call it only with a complete answer.
std::uint64_t live_output::expected(output_channel channel) const {
    return channel == output_channel::standard_output ? sealed_.output_bytes() : sealed_.error_bytes();
}

bool live_output::has_all_output() const {
    return received_[index_of(output_channel::standard_output)] >= sealed_.output_bytes() &&
           received_[index_of(output_channel::standard_error)] >= sealed_.error_bytes();
}

/// Whether somebody else has written to the runner's channel. Call it only with a complete answer.
bool live_output::has_foreign_output() const {
    return is_spoiled_ || (live_.is_lost() && !are_podmans_words(live_.foreign_text())) ||
           received_[index_of(output_channel::standard_output)] != sealed_.output_bytes() ||
           received_[index_of(output_channel::standard_error)] != sealed_.error_bytes();
}

output_fault live_output::fault() const noexcept {
    if (fault_ != output_fault::none)
        return fault_;
    switch (sealed_.what()) {
    case sealed_frame::fault::too_large:
        return output_fault::too_large;
    case sealed_frame::fault::not_sealed:
        return output_fault::not_sealed;
    case sealed_frame::fault::trailing_data:
        return output_fault::trailing_text;
    case sealed_frame::fault::none:
        break;
    }
    return output_fault::none;
}

bool live_output::settled() const noexcept {
    if (fault() != output_fault::none || sealed_.is_failure())
        return true;
    return sealed_.is_answer() && is_accepted_ && (is_spoiled_ || live_.is_lost() || has_all_output());
}

output_report live_output::report() const {
    output_report report;
    report.fault = fault();
    report.fault_text = fault_text_;
    if (sealed_.is_answer() && is_accepted_)
        report.object = sealed_.object();
    else if (sealed_.is_failure())
        report.complaint = sealed_.sentence();
    else if (!is_accepted_ && !are_podmans_words(live_.foreign_text()))
        report.complaint = live_.foreign_text(); // later the words may be a program's
    report.missing = sealed_.is_answer() ? "the runner did not acknowledge the request"
                     : anything_         ? "the output ends before its answer does"
                                         : "the output is empty";
    return report;
}

run_result live_output::result(const conversation_result& talk,
                               const std::optional<docker::container_state>& state,
                               const verdict_limits& limits) {
    if (auto failure = failure_of(talk, report(), state, limits))
        return std::move(*failure);
    if (has_foreign_output())
        return spoiled_object(sealed_.object());
    return std::string(sealed_.object());
}

} // namespace docker_run
