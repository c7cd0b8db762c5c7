#pragma once

#include <gtest/gtest.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <string_view>

namespace docker_run {

/// A file with a content and a mode, removed with the value.
class temporary_file {
  public:
    explicit temporary_file(std::string_view content, mode_t mode = 0600)
        : path_(testing::TempDir() + "fileXXXXXX") {
        const int descriptor = ::mkstemp(path_.data());
        EXPECT_GE(descriptor, 0);
        ::close(descriptor);
        std::ofstream(path_, std::ios::binary) << content;
        EXPECT_EQ(::chmod(path_.c_str(), mode), 0);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

} // namespace docker_run
