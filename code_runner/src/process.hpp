#pragma once

#include "recipe.hpp"
#include "unique_fd.hpp"

#include <sys/types.h>

namespace code_runner {

/// A program that was started, and our ends of its three pipes; none of them blocks.
struct child_process {
    pid_t pid = -1;
    unique_fd input;
    unique_fd output;
    unique_fd errors;
    int error_number = 0; ///< why it could not be started; 0 when it was
};

/// Starts programs in the current directory, with our environment, default signals and nothing open but
/// three pipes.
class launcher {
  public:
    launcher();

    /// The first word is looked up in PATH.
    child_process start(const words& command) const;

  private:
    void set_oom_score(const std::string& value) const;

    unique_fd oom_score_;
    std::string own_oom_score_;
    bool separates_sessions_;
};

} // namespace code_runner
