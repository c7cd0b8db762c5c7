#include "failure.hpp"
#include "recipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace code_runner {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<source_file> files_of(const std::vector<std::string>& names) {
    std::vector<source_file> files;
    files.reserve(names.size());
    for (const std::string& name : names)
        files.push_back({name, "x"});
    return files;
}

TEST(recipe, reads_every_line) {
    const image_recipe read =
        parse_recipe("# Java\n\nlanguage java\nbuild javac  {main}\nbuild\tls\nrun java {class}\n"
                     "prestart Main.java\nprestart-unless-text A\nprestart-unless-file b\n"
                     "resident-build java R");
    EXPECT_EQ(read.language, "java");
    EXPECT_THAT(read.build, ElementsAre(words{"javac", "{main}"}, words{"ls"}));
    EXPECT_EQ(read.run, (words{"java", "{class}"}));
    EXPECT_EQ(read.prestart, "Main.java");
    EXPECT_THAT(read.prestart_unless_text, ElementsAre("A"));
    EXPECT_THAT(read.prestart_unless_file, ElementsAre("b"));
    EXPECT_EQ(read.resident_build, (words{"java", "R"}));
}

TEST(recipe, refuses_a_line_that_it_does_not_know) {
    EXPECT_THROW(parse_recipe("languages java"), failure);
    EXPECT_THROW(parse_recipe("run"), failure);
    EXPECT_THROW(parse_recipe("run x {each:c}"), failure);
}

TEST(recipe, is_empty_where_the_image_has_none) {
    EXPECT_THAT(load_recipe("/nonexistent/recipe").run, IsEmpty());
    EXPECT_THROW(load_recipe("/"), failure);
}

TEST(expand, puts_in_the_names) {
    const auto files = files_of({"src/main.c", "b.c", "c.h", "d/e.c", ".c", "f"});
    EXPECT_THAT(expand({"cc", "{main}", "{others:c}", "-o", "a"}, files),
                ElementsAre(words{"cc", "src/main.c", "b.c", "d/e.c", "-o", "a"}));
    EXPECT_THAT(expand({"cc", "{reversed:c}", "{main}"}, files),
                ElementsAre(words{"cc", "d/e.c", "b.c", "src/main.c"}));
    EXPECT_THAT(expand({"java", "{class}", "{class}Kt"}, files),
                ElementsAre(words{"java", "Main", "MainKt"}));
}

TEST(expand, repeats_a_command_for_each_other_file) {
    EXPECT_THAT(expand({"erlc", "{each:erl}"}, files_of({"main.erl", "a.erl", "b.erl", "c.txt"})),
                ElementsAre(words{"erlc", "a.erl"}, words{"erlc", "b.erl"}));
    EXPECT_THAT(expand({"erlc", "{each:erl}"}, files_of({"main.erl"})), IsEmpty());
}

TEST(expand, has_the_words_of_live_runs_only_in_them) {
    const words command{"cc", "{live:/lines.o}", "{main}", "{live:{main}}"};
    EXPECT_THAT(expand(command, files_of({"m.c"})), ElementsAre(words{"cc", "m.c"}));
    EXPECT_THAT(expand(command, files_of({"m.c"}), output_mode::live),
                ElementsAre(words{"cc", "/lines.o", "m.c", "{main}"}));
}

TEST(expand, keeps_names_from_being_options_or_placeholders) {
    EXPECT_THAT(
        expand({"cc", "{main}", "{others:c}"}, files_of({"-x.c", "@y.c", "+z.c", "a b;c.c", "{main}.c"})),
        ElementsAre(words{"cc", "./-x.c", "./@y.c", "./+z.c", "a b;c.c", "{main}.c"}));
}

// As upstream: the stem of an ASCII name of two letters or more starts with a capital.
TEST(expand, makes_the_class_of_the_main_file) {
    struct row {
        const char* name;
        const char* expected;
    };
    for (const row& row :
         {row{"main.java", "Main"}, row{"Main.java", "Main"}, row{"a/b.c/hello.x.java", "Hello.x"},
          row{"x.java", "x"}, row{"noext", "Noext"}, row{".hidden", ".hidden"}})
        EXPECT_EQ(expand({"{class}"}, files_of({row.name}))[0][0], row.expected);
}

} // namespace
} // namespace code_runner
