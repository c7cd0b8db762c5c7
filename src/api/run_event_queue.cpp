#include "api/run_event_queue.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t queue_capacity = 64 * 1024;
/// That many bytes leave without waiting, and end a batch.
constexpr std::size_t prompt_size = 16 * 1024;
constexpr std::size_t greatest_segment = 64 * 1024;
constexpr auto output_interval = 10ms;
/// Below the 5 s of silence after which some clients give up (httpx, Node).
constexpr auto longest_silence = 2s;

} // namespace

void run_event_queue::started(const run_timings& so_far, bool is_live) {
    has_started_ = true;
    last_batch_ = clock::now();
    push_event(run_event_encoder::started(so_far, is_live));
}

asio::awaitable<void> run_event_queue::stage_began(std::string_view name, time_point until) {
    co_await wait_for_room(until);
    push_event(run_event_encoder::stage_began(name));
}

asio::awaitable<void> run_event_queue::printed(output_channel channel, std::string_view bytes,
                                               time_point until) {
    const auto what =
        channel == output_channel::standard_output ? content::standard_output : content::standard_error;
    while (!bytes.empty()) {
        const auto available = co_await wait_for_room(until);
        const auto piece = bytes.substr(0, available);
        push_output(what, piece);
        bytes.remove_prefix(piece.size());
    }
}

/// Returns how many bytes of output may be added: any number from `until` on, or if nobody takes them.
asio::awaitable<std::size_t> run_event_queue::wait_for_room(time_point until) {
    while (room() == 0) {
        if (abandoned_.is_set() || clock::now() >= until)
            co_return std::string_view::npos;
        room_.reset();
        co_await room_.wait(until);
    }
    co_return room();
}

void run_event_queue::finish(std::string last) {
    last_ = std::move(last);
    news_.set();
}

void run_event_queue::abandon() {
    segments_.clear();
    size_ = 0;
    abandoned_.set();
    news_.set();
    room_.set();
}

asio::awaitable<void> run_event_queue::wait_until_abandoned() {
    while (!abandoned_.is_set()) // a wait that is cancelled returns, and the next one throws
        co_await abandoned_.wait(clock::time_point::max());
}

asio::awaitable<event_batch> run_event_queue::next() {
    for (;;) {
        if (abandoned_.is_set())
            co_return event_batch{.events = {}, .is_last = true};
        const auto now = clock::now();
        event_batch batch;
        if (is_due(now))
            batch = take();
        const bool is_silent = has_started_ && now >= last_batch_ + longest_silence;
        if (!batch.events.empty() || is_silent) {
            last_batch_ = now;
            co_return batch;
        }
        news_.reset();
        co_await news_.wait(next_look());
    }
}

bool run_event_queue::is_due(clock::time_point now) const {
    const bool has_output = !segments_.empty() && now >= last_output_ + output_interval;
    return last_.has_value() || urgent_ > 0 || size_ >= prompt_size || has_output;
}

run_event_queue::clock::time_point run_event_queue::next_look() const {
    if (!segments_.empty())
        return last_output_ + output_interval;
    return has_started_ ? last_batch_ + longest_silence : clock::time_point::max();
}

void run_event_queue::push_event(std::string event) {
    if (abandoned_.is_set())
        return;
    size_ += event.size() + sizeof(segment);
    ++urgent_;
    segments_.push_back({content::event, std::move(event)});
    news_.set();
}

/// Wakes the other side only if there is a reason to act before the time for which it waits.
void run_event_queue::push_output(content what, std::string_view bytes) {
    if (abandoned_.is_set())
        return;
    const bool was_idle = segments_.empty();
    const bool was_prompt = size_ >= prompt_size;
    if (was_idle || segments_.back().what != what || segments_.back().bytes.size() >= greatest_segment) {
        segments_.push_back({what, {}});
        size_ += sizeof(segment);
    }
    segments_.back().bytes.append(bytes);
    size_ += bytes.size();
    if (was_idle || (!was_prompt && size_ >= prompt_size))
        news_.set();
}

/// One more segment may be needed for the output.
std::size_t run_event_queue::room() const {
    const auto used = size_ + sizeof(segment);
    return used < queue_capacity ? queue_capacity - used : 0;
}

event_batch run_event_queue::take() {
    event_batch batch;
    std::size_t size = 0;
    while (!segments_.empty() && size < prompt_size) {
        const auto known = batch.events.size();
        take_front(batch.events);
        for (auto i = known; i < batch.events.size(); ++i)
            size += batch.events[i].size();
    }
    if (segments_.empty() && last_) {
        flush(batch.events);
        batch.events.push_back(*std::exchange(last_, std::nullopt));
        batch.is_last = true;
    }
    room_.set();
    return batch;
}

void run_event_queue::take_front(std::vector<std::string>& events) {
    auto& front = segments_.front();
    const auto before = front.taken;
    if (front.what == content::event) {
        flush(events);
        front.taken = front.bytes.size();
        --urgent_;
        events.push_back(front.bytes);
    } else {
        last_output_ = clock::now();
        auto rest = std::string_view(front.bytes).substr(front.taken);
        const auto channel = front.what == content::standard_output ? output_channel::standard_output
                                                                    : output_channel::standard_error;
        if (auto event = encoder_.printed(channel, rest))
            events.push_back(std::move(*event));
        front.taken = front.bytes.size() - rest.size();
    }
    size_ -= front.taken - before;
    if (front.taken < front.bytes.size())
        return;
    size_ -= sizeof(segment);
    segments_.pop_front();
}

/// The output of a stage ends with the stage.
void run_event_queue::flush(std::vector<std::string>& events) {
    for (const auto channel : {output_channel::standard_output, output_channel::standard_error})
        if (auto event = encoder_.flush(channel))
            events.push_back(std::move(*event));
}

} // namespace docker_run
