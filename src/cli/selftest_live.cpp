#include "cli/selftest_live.hpp"

#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

/// The first program sleeps for a second after its first line.
constexpr auto least_lead = 500ms;

} // namespace

std::vector<live_probe> live_probes(bool interactive) {
    std::vector<live_probe> probes = {
        {"output as it comes", "echo first; sleep 1; echo last", "first\nlast\n", {}, {}}};
    if (!interactive)
        return probes;
    const std::string talk = R"(echo ready; read -r word; echo "got $word")";
    probes.push_back({"input as it runs", talk, "ready\ngot word\n", "word\n", {}});
    // The terminal shows what is typed, and ends lines in its own way.
    probes.push_back({"terminal", "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && { " + talk + "; }",
                      "ready\r\nword\r\ngot word\r\n", "word\n", window_size{24, 80}});
    return probes;
}

void probe_caller::take_part(run_call& call) {
    call.events = this;
    if (!program_.typed.empty())
        call.interactive = interactive_part{this, program_.window};
}

selftest_verdict probe_caller::assess(const finding& result, time_point ended) const {
    if (result.end != "ok")
        return ended_otherwise(result);
    if (!is_live_)
        return {true, std::string(probe::remark) + ": not tried, the image's runner cannot pass output on"};
    if (heard_ != program_.output)
        return {false, "it printed something else"};
    if (program_.typed.empty() && ended - *first_heard_ < least_lead)
        return {false, "its output came at its end"};
    return {true, {}};
}

void probe_caller::started(const run_timings&, bool is_live) {
    is_live_ = is_live;
}

asio::awaitable<void> probe_caller::stage_began(std::string_view, time_point) {
    co_return;
}

asio::awaitable<void> probe_caller::printed(output_channel, std::string_view bytes, time_point) {
    if (heard_.size() <= program_.output.size()) // more is wrong, however much it is
        heard_ += bytes;
    if (!first_heard_)
        first_heard_ = clock::now();
    heard_something_.set();
    co_return;
}

asio::awaitable<std::string> probe_caller::next() {
    if (std::exchange(has_typed_, true))
        co_return std::string();
    co_await heard_something_.wait(time_point::max());
    co_return input_frames(program_.typed);
}

} // namespace docker_run
