#include "failure.hpp"
#include "work_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace code_runner {
namespace {

namespace fs = std::filesystem;

/// A work directory of its own inside a folder that must stay as it was.
class work_directory : public testing::Test {
  public:
    work_directory() {
        std::string name = (fs::temp_directory_path() / "work_directory_XXXXXX").string();
        outside_ = ::mkdtemp(name.data());
        enter_work_directory((outside_ / "work").string());
    }
    ~work_directory() override {
        fs::current_path("/");
        fs::remove_all(outside_);
    }

    static std::string content_of(const fs::path& path) {
        std::ifstream file{path};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    void expect_refused(const std::string& name) const {
        EXPECT_THROW(write_file({name, "x"}), failure) << name;
        EXPECT_EQ(std::distance(fs::directory_iterator{outside_}, {}), 1) << name;
    }

    fs::path outside_;
};

TEST_F(work_directory, is_made_and_entered) {
    EXPECT_EQ(fs::current_path(), fs::canonical(outside_ / "work"));
    EXPECT_STREQ(std::getenv("PWD"), fs::current_path().c_str());
    EXPECT_THROW(enter_work_directory("/dev/null/x"), failure);
}

TEST_F(work_directory, gets_files_and_their_folders) {
    write_file({"a", "1"});
    write_file({"b/c//./d", "2"});
    write_file({"b/e f'\"$(x)", "3"});
    write_file({"a", "new"});
    EXPECT_EQ(content_of("a"), "new");
    EXPECT_EQ(content_of("b/c/d"), "2");
    EXPECT_EQ(content_of("b/e f'\"$(x)"), "3");
}

TEST_F(work_directory, refuses_names_that_lead_out_of_it) {
    for (const char* name : {"../x", "/tmp/x", "a/../../x", "a/..", "..", ".", "/", "a/", "./", "//x"})
        expect_refused(name);
}

TEST_F(work_directory, refuses_links) {
    fs::create_directory_symlink(outside_, "folder");
    fs::create_symlink(outside_ / "x", "file");
    expect_refused("folder/x");
    expect_refused("file");
}

TEST_F(work_directory, is_not_held_up_by_a_fifo) {
    ASSERT_EQ(::mkfifo("fifo", 0666), 0);
    expect_refused("fifo");
}

TEST_F(work_directory, refuses_a_file_where_a_folder_is) {
    write_file({"a/b", "x"});
    expect_refused("a");
    expect_refused("a/b/c");
    expect_refused(std::string(300, 'n'));
}

} // namespace
} // namespace code_runner
