#include "log/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/base_sink.h>

#include <future>
#include <mutex>
#include <string>
#include <vector>

namespace docker_run {
namespace {

using testing::MatchesRegex;

constexpr std::chrono::seconds patience{30};

/// Holds up the writer until it is opened, like a pipe that nobody reads, and keeps the lines.
class gated_sink : public spdlog::sinks::base_sink<std::mutex> {
  public:
    ~gated_sink() override { gone_.set_value(); }

    void open() { gate_.set_value(); }
    void wait_until_reached() {
        EXPECT_EQ(reached_.get_future().wait_for(patience), std::future_status::ready);
    }
    std::future<void> gone() { return gone_.get_future(); }
    std::vector<std::string> lines() {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (!was_reached_)
            reached_.set_value();
        was_reached_ = true;
        opened_.wait();
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        lines_.emplace_back(line.data(), line.size());
    }
    void flush_() override {}

  private:
    std::promise<void> gate_;
    std::shared_future<void> opened_ = gate_.get_future().share();
    std::promise<void> reached_;
    std::promise<void> gone_;
    bool was_reached_ = false;
    std::vector<std::string> lines_;
};

std::vector<std::string> lines_of(const log_settings& settings, void (*use)(const logger&)) {
    const auto sink = std::make_shared<gated_sink>();
    sink->open();
    {
        const logger log(settings, sink);
        use(log);
    }
    return sink->lines();
}

TEST(logger_test, writes_time_and_level_in_front_of_the_event) {
    const auto lines = lines_of({}, [](const logger& log) {
        log.write(log_level::info, "start");
        log.write(log_level::warning, "run", {{"status", 200}, {"image", "a b"}});
    });
    ASSERT_EQ(lines.size(), 2U);
    const std::string time = "time=[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z ";
    EXPECT_THAT(lines[0], MatchesRegex(time + "level=info event=start\n"));
    EXPECT_THAT(lines[1], MatchesRegex(time + "level=warning event=run status=200 image=\"a b\"\n"));
}

TEST(logger_test, writes_json_where_the_settings_say_so) {
    const auto lines =
        lines_of({.level = log_level::info, .format = log_format::json},
                 [](const logger& log) { log.write(log_level::error, "run", {{"text", "%v {} \"\n"}}); });
    ASSERT_EQ(lines.size(), 1U);
    const auto parsed = nlohmann::json::parse(lines[0]);
    EXPECT_EQ(parsed["level"], "error");
    EXPECT_EQ(parsed["event"], "run");
    EXPECT_EQ(parsed["text"], "%v {} \"\n");
    EXPECT_EQ(parsed.size(), 4U);
}

TEST(logger_test, leaves_out_what_is_below_its_level) {
    const log_level levels[] = {log_level::debug, log_level::info, log_level::warning, log_level::error};
    for (const auto least : levels) {
        const auto sink = std::make_shared<gated_sink>();
        sink->open();
        {
            const logger log({.level = least, .format = log_format::logfmt}, sink);
            for (const auto level : levels) {
                EXPECT_EQ(log.enabled(level), level >= least);
                log.write(level, "event");
            }
        }
        EXPECT_EQ(sink->lines().size(), 4U - static_cast<std::size_t>(least));
    }
}

TEST(logger_test, never_waits_for_a_blocked_sink_keeps_the_newest_events_and_tells_of_the_others) {
    const auto sink = std::make_shared<gated_sink>();
    {
        const logger log({}, sink);
        log.write(log_level::info, "first");
        sink->wait_until_reached(); // the writer holds the first event from here on
        for (std::size_t count = 0; count < 3 * log_queue_size; ++count)
            log.write(log_level::info, "run", {{"count", count}});
        EXPECT_EQ(log.lost(), 2 * log_queue_size);
        sink->open();
    }
    // One place of the full queue goes to the word that ends the writer only after the writer has made room.
    const auto lines = sink->lines();
    ASSERT_EQ(lines.size(), 2 + log_queue_size);
    EXPECT_NE(lines[1].find("event=log.lost lines=" + std::to_string(2 * log_queue_size) + "\n"),
              std::string::npos)
        << lines[1];
    EXPECT_NE(lines[2].find("count=" + std::to_string(2 * log_queue_size) + "\n"), std::string::npos)
        << lines[2];
    EXPECT_NE(lines.back().find("count=" + std::to_string(3 * log_queue_size - 1) + "\n"), std::string::npos);
}

TEST(logger_test, ends_although_its_sink_stays_blocked) {
    auto sink = std::make_shared<gated_sink>();
    auto* const gate = sink.get();
    auto gone = sink->gone();
    const auto begin = std::chrono::steady_clock::now();
    {
        const logger log({}, std::move(sink));
        log.write(log_level::info, "run");
        gate->wait_until_reached();
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, patience);
    gate->open();
    EXPECT_EQ(gone.wait_for(patience), std::future_status::ready)
        << "the writer did not end behind the logger";
}

} // namespace
} // namespace docker_run
