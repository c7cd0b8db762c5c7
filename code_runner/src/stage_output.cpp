#include "stage_output.hpp"

namespace code_runner {
namespace {

using protocol::live_frame;

constexpr std::size_t unlimited_room = std::size_t{128} * 1024;

output_text make_text(std::size_t limit, const live_channel* channel) {
    return output_text{limit,
                       channel == nullptr ? output_text::storage::kept : output_text::storage::counted};
}

} // namespace

stage_output::stage_output(std::size_t limit, live_channel* channel)
    : limit_{limit}, channel_{channel}, out_{make_text(limit, channel)}, errors_{make_text(limit, channel)} {}

void stage_output::acknowledge() {
    if (channel_ == nullptr)
        return;
    channel_->send(live_frame::accepted, {});
    channel_->flush();
}

void stage_output::begin(program_stage stage, std::chrono::steady_clock::time_point deadline) {
    out_ = make_text(limit_, channel_);
    errors_ = make_text(limit_, channel_);
    if (channel_ == nullptr)
        return;
    channel_->wait_for_room(deadline);
    channel_->send(live_frame::stage, name_of(stage));
    channel_->write_some();
}

std::size_t stage_output::room() const {
    return channel_ == nullptr ? unlimited_room : channel_->room();
}

void stage_output::take(stream from, std::string_view bytes) {
    const bool is_out = from == stream::out;
    const std::size_t taken = (is_out ? out_ : errors_).append(bytes);
    if (channel_ != nullptr && taken > 0)
        channel_->send(is_out ? live_frame::output : live_frame::errors, bytes.substr(0, taken));
}

void stage_output::finish() {
    out_.finish();
    errors_.finish();
}

bool stage_output::is_full() const {
    return out_.truncated() || errors_.truncated() || out_.size() + errors_.size() > limit_;
}

void stage_output::write_some() {
    if (channel_ != nullptr)
        channel_->write_some();
}

} // namespace code_runner
