#include "program/program_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace docker_run {
namespace {

using nlohmann::json;

TEST(program_request, with_a_language_leaves_the_commands_to_the_recipe) {
    const program_request request{.language = "python",
                                  .build_commands = {},
                                  .run_command = {},
                                  .files = {{"main.py", "x = 1"}},
                                  .standard_input = "in"};
    const auto expected = json::parse(R"({"language": "python", "stdin": "in",
        "files": [{"name": "main.py", "content": "x = 1"
}]
})");
    EXPECT_EQ(json::parse(payload_of(request)), expected);
}

TEST(program_request, with_a_language_and_a_command_replaces_that_of_the_recipe) {
    program_request request;
    request.language = "bash";
    request.run_command = "bash -x main.sh";
    EXPECT_EQ(json::parse(payload_of(request)).at("command"), "bash -x main.sh");
}

TEST(program_request, without_a_language_has_its_commands) {
    program_request request;
    request.build_commands = {"make"};
    request.run_command = "./a.out";
    const auto expected = json::parse(R"({"files": [], "stdin": "",
        "runInstructions": {"buildCommands": ["make"], "runCommand": "./a.out"}})");
    EXPECT_EQ(json::parse(payload_of(request)), expected);
}

} // namespace
} // namespace docker_run
