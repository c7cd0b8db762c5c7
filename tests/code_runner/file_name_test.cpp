#include "failure.hpp"
#include "file_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace code_runner {
namespace {

TEST(file_name, has_one_spelling) {
    struct row {
        const char* name;
        const char* plain;
    };
    for (const row& row :
         {row{"a", "a"}, row{"./a", "a"}, row{".//./a", "a"}, row{"a//b", "a/b"}, row{"a/./b", "a/b"},
          row{"a/.", "a"}, row{"...", "..."}, row{".a/..b", ".a/..b"}, row{" ", " "}, row{"\\", "\\"}})
        EXPECT_EQ(plain_name(row.name), row.plain) << row.name;
}

TEST(file_name, is_split_into_folders_and_file) {
    EXPECT_THAT(components_of("./a//b/c"), testing::ElementsAre("a", "b", "c"));
}

TEST(file_name, stays_below_the_work_directory) {
    for (const char* name : {"", ".", "./", "/", "/a", "//a", "..", "../a", "a/..", "a/../b", "a/", "./."})
        EXPECT_THROW(plain_name(name), failure) << name;
}

} // namespace
} // namespace code_runner
