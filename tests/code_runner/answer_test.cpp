#include "answer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>

namespace code_runner {
namespace {

using nlohmann::json;

output_text text_of(std::string_view bytes) {
    output_text text{1 << 24};
    text.append(bytes);
    text.finish();
    return text;
}

json answer_to(std::string_view out, std::string_view errors, std::size_t limit) {
    const std::string answer = encode_answer(stage_verdict{}, text_of(out), text_of(errors), limit);
    EXPECT_LE(answer.size(), limit);
    EXPECT_TRUE(answer.ends_with("}\n"));
    return json::parse(answer);
}

TEST(answer, has_every_member) {
    stage_verdict verdict;
    verdict.stage = program_stage::build;
    verdict.status = program_status::build;
    verdict.error = "Exit code: 3";
    verdict.exit_code = 3;
    verdict.duration = std::chrono::milliseconds{5};
    verdict.cpu_time = std::chrono::nanoseconds{7};
    verdict.maximum_memory = 4096;
    const json expected = {
        {"stdout", "o\n"},       {"stderr", "e\"\n"}, {"error", "Exit code: 3"},
        {"duration", 5'000'000}, {"exitCode", 3},     {"signal", nullptr},
        {"stage", "build"},      {"status", "build"}, {"truncated", {{"stdout", false}, {"stderr", false}}},
        {"cpuTime", 7},          {"maxMemory", 4096}};
    EXPECT_EQ(json::parse(encode_answer(verdict, text_of("o\n"), text_of("e\"\n"), 4096)), expected);
}

TEST(answer, fills_its_limit_exactly_and_cuts_one_past_it) {
    const std::size_t empty = encode_answer(stage_verdict{}, text_of(""), text_of(""), 1024).size();
    const std::size_t room = 1024 - empty;
    const json whole = answer_to(std::string(room, 'x'), "", 1024);
    EXPECT_EQ(whole["stdout"].get<std::string>().size(), room);
    EXPECT_EQ(whole["truncated"]["stdout"], false);

    const json cut = answer_to(std::string(room + 1, 'x'), "", 1024);
    EXPECT_EQ(cut["stdout"].get<std::string>().size(), room);
    EXPECT_EQ(cut["truncated"]["stdout"], true);
    EXPECT_EQ(cut["truncated"]["stderr"], false);
}

TEST(answer, counts_control_characters_sixfold) {
    const json cut = answer_to(std::string(10'000, '\x01'), "", 4096);
    EXPECT_GT(cut["stdout"].get<std::string>().size(), (4096 - answer_overhead_bytes) / 6 - 1);
}

TEST(answer, shares_the_room_when_both_outputs_are_long) {
    const json both = answer_to(std::string(9000, 'o'), std::string(9000, 'e'), 4096);
    const auto out = both["stdout"].get<std::string>().size();
    const auto errors = both["stderr"].get<std::string>().size();
    EXPECT_LE(out > errors ? out - errors : errors - out, 1U);
    EXPECT_EQ(both["truncated"], json({{"stdout", true}, {"stderr", true}}));
}

TEST(answer, gives_a_long_output_what_a_short_one_leaves) {
    const json long_out = answer_to(std::string(9000, 'o'), "short", 4096);
    EXPECT_EQ(long_out["stderr"], "short");
    EXPECT_GT(long_out["stdout"].get<std::string>().size(), 3500U);
    const json long_errors = answer_to("short", std::string(9000, 'e'), 4096);
    EXPECT_EQ(long_errors["stdout"], "short");
    EXPECT_GT(long_errors["stderr"].get<std::string>().size(), 3500U);
}

TEST(answer, leaves_the_promised_room_for_the_outputs_with_the_longest_values) {
    stage_verdict verdict;
    verdict.stage = program_stage::build;
    verdict.status = program_status::signal;
    verdict.error = std::string(200, '"');
    verdict.exit_code = std::numeric_limits<int>::min();
    verdict.signal = std::numeric_limits<int>::min();
    verdict.duration = verdict.cpu_time = std::chrono::nanoseconds::max();
    verdict.maximum_memory = std::numeric_limits<std::uint64_t>::max();
    const std::string out(1024 - answer_overhead_bytes, 'x');
    const std::string answer = encode_answer(verdict, text_of(out), text_of(""), 1024);
    EXPECT_LE(answer.size(), 1024U);
    EXPECT_EQ(json::parse(answer)["stdout"], out);
}

TEST(answer, of_a_live_run_is_the_same_without_the_outputs) {
    stage_verdict verdict;
    verdict.status = program_status::signal;
    verdict.error = "Signal: 40 \"quoted\"";
    verdict.signal = 40;
    for (const std::size_t limit : {std::size_t{2}, std::size_t{100}}) {
        output_text out{limit};
        out.append("out\n");
        const std::string plain = encode_answer(verdict, out, text_of("e"), 4096);
        const std::string live = encode_live_answer(verdict, out, text_of("e"));
        EXPECT_EQ("{" + plain.substr(plain.find(R"("error":)")), live + "\n");
    }
}

} // namespace
} // namespace code_runner
