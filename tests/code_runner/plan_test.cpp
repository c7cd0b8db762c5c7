#include "failure.hpp"
#include "plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace code_runner {
namespace {

using testing::ElementsAre;

const image_recipe c_recipe = parse_recipe("language c\nbuild cc -o a.out {main} {others:c}\nrun ./a.out");
const image_recipe python_recipe =
    parse_recipe("language python\nrun python {main}\nprestart main.py\n"
                 "prestart-unless-text __DATA__\nprestart-unless-file package.json\n"
                 "prestart-unless-file .local/");

caller_request request_for(const std::string& language, const std::string& main_file,
                           const std::string& content = "x") {
    caller_request request;
    request.language = language;
    request.files = {{main_file, content}};
    return request;
}

caller_request request_with(const std::vector<std::string>& build, const std::string& run,
                            const std::string& main_file) {
    caller_request request;
    request.commands = caller_request::instructions{build, run};
    request.files = {{main_file, "x"}};
    return request;
}

bool suits(const caller_request& request) {
    return suits_prestarted(make_plan(request, python_recipe), request, python_recipe);
}

TEST(plan, follows_the_recipe) {
    const run_plan made = make_plan(request_for("c", "m.c"), c_recipe);
    EXPECT_THAT(made.build, ElementsAre(words{"cc", "-o", "a.out", "m.c"}));
    EXPECT_EQ(made.run, (words{"./a.out"}));
    EXPECT_TRUE(made.by_recipe);
}

const image_recipe recipe_with_lines = parse_recipe("language c\nbuild cc {live:/lines.o} {main}\nrun ./a");

TEST(plan, has_the_words_of_live_runs_only_in_them) {
    const caller_request request = request_for("c", "m.c");
    EXPECT_THAT(make_plan(request, recipe_with_lines).build, ElementsAre(words{"cc", "m.c"}));
    EXPECT_THAT(make_plan(request, recipe_with_lines, output_mode::live).build,
                ElementsAre(words{"cc", "/lines.o", "m.c"}));
}

TEST(plan, compares_instructions_with_the_words_of_a_plain_run) {
    const caller_request request = request_with({"cc m.c"}, "./a", "m.c");
    const run_plan made = make_plan(request, recipe_with_lines, output_mode::live);
    EXPECT_TRUE(made.by_recipe);
    EXPECT_THAT(made.build, ElementsAre(words{"cc", "/lines.o", "m.c"}));
}

TEST(plan, has_the_words_of_live_runs_always_where_an_interpreter_may_wait) {
    const image_recipe recipe = parse_recipe("language x\nrun r {live:-l} {main}\nprestart m");
    EXPECT_EQ(make_plan(request_for("x", "other"), recipe).run, (words{"r", "-l", "other"}));
    EXPECT_EQ(make_plan(request_with({}, "r m", "m"), recipe).run, (words{"r", "-l", "m"}));
}

TEST(plan, refuses_a_language_that_the_image_lacks) {
    EXPECT_THROW(make_plan(request_for("ruby", "m.rb"), c_recipe), failure);
    EXPECT_THROW(make_plan(request_for("c", "m.c"), image_recipe{}), failure);
}

TEST(plan, gives_commands_to_a_shell) {
    const run_plan made = make_plan(request_with({"make; true"}, "./x", "m.c"), c_recipe);
    EXPECT_THAT(made.build, ElementsAre(words{"sh", "-c", "make; true"}));
    EXPECT_EQ(made.run, (words{"sh", "-c", "./x"}));
    EXPECT_FALSE(made.by_recipe);
}

TEST(plan, knows_the_recipes_own_words) {
    EXPECT_TRUE(make_plan(request_with({"cc -o a.out m.c"}, "./a.out", "m.c"), c_recipe).by_recipe);
    EXPECT_FALSE(make_plan(request_with({"cc -o a.out m.c"}, "./a.out x", "m.c"), c_recipe).by_recipe);
    EXPECT_FALSE(make_plan(request_with({"cc  -o a.out m.c"}, "./a.out", "m.c"), c_recipe).by_recipe);
    EXPECT_FALSE(make_plan(request_with({}, "./a.out", "m.c"), c_recipe).by_recipe);
}

TEST(plan, leaves_to_the_shell_what_the_shell_would_read_otherwise) {
    EXPECT_FALSE(make_plan(request_with({}, "python a;b", "a;b"), python_recipe).by_recipe);
    EXPECT_FALSE(make_plan(request_with({}, "python $x", "$x"), python_recipe).by_recipe);
}

bool suits_with(const std::string& other_file) {
    caller_request request = request_for("python", "main.py");
    request.files.push_back({other_file, "x"});
    return suits(request);
}

TEST(prestarted, suits_only_the_recipes_main_file) {
    EXPECT_TRUE(suits(request_for("python", "main.py")));
    EXPECT_FALSE(suits(request_for("python", "other.py")));
}

TEST(prestarted, suits_instructions_with_the_same_words) {
    EXPECT_TRUE(suits(request_with({}, "python main.py", "main.py")));
    EXPECT_FALSE(suits(request_with({}, "python main.py x", "main.py")));
    EXPECT_FALSE(suits(request_with({"true"}, "python main.py", "main.py")));
}

TEST(prestarted, does_not_suit_a_command) {
    caller_request with_command = request_with({}, "python main.py", "main.py");
    with_command.language = "python";
    EXPECT_FALSE(suits(with_command));
}

TEST(prestarted, does_not_suit_what_the_interpreter_would_notice) {
    EXPECT_FALSE(suits(request_for("python", "main.py", "x\n__DATA__\n")));
    EXPECT_FALSE(suits(request_for("python", "main.py", std::string{"x\0y", 3})));
    EXPECT_FALSE(suits_with("package.json"));
    EXPECT_FALSE(suits_with(".local/lib/python3.11/site-packages/usercustomize.py"));
    EXPECT_TRUE(suits_with("folder/package.json"));
    EXPECT_TRUE(suits_with(".local"));
    EXPECT_TRUE(suits_with(".localx/y"));
}

TEST(prestarted, is_not_misled_by_the_spelling_of_a_name) {
    const caller_request request =
        parse_request(R"({"language":"python","files":[{"name":"./main.py","content":"x"},)"
                      R"({"name":".//package.json","content":"{}"}]})",
                      "python");
    EXPECT_FALSE(suits(request));
}

TEST(prestarted, does_not_suit_a_plan_with_a_build) {
    const image_recipe recipe = parse_recipe("language x\nbuild b\nrun r {main}\nprestart m");
    const caller_request request = request_for("x", "m");
    EXPECT_FALSE(suits_prestarted(make_plan(request, recipe), request, recipe));
}

TEST(resident_build, suits_the_recipes_only_build) {
    const image_recipe recipe =
        parse_recipe("language x\nbuild b {main}\nrun r\nprestart-unless-file .options\n"
                     "resident-build s");
    caller_request request = request_for("x", "m");
    EXPECT_TRUE(suits_resident_build(make_plan(request, recipe), request, recipe));
    request.files.push_back({".options", "x"});
    EXPECT_FALSE(suits_resident_build(make_plan(request, recipe), request, recipe));
    request = request_with({}, "./a", "m");
    EXPECT_FALSE(suits_resident_build(make_plan(request, recipe), request, recipe));
}

} // namespace
} // namespace code_runner
