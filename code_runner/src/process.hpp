#pragma once

#include "recipe.hpp"
#include "unique_fd.hpp"

#include <sys/types.h>

namespace code_runner {

/// A started program, and the runner's ends of its three pipes. These ends are non-blocking.
struct child_process {
    pid_t pid = -1;
    unique_fd input;
    unique_fd output;
    unique_fd errors;
    int error_number = 0; ///< errno of a failed start, otherwise 0
};

/// Starts programs in the current directory, with the runner's environment, default signals and only three
/// pipes open.
class program_launcher {
  public:
    program_launcher();

    /// The first word is looked up in PATH.
    child_process start(const words& command) const;

  private:
    void set_oom_score(const std::string& value) const;

    unique_fd oom_score_;
    std::string own_oom_score_;
    bool separates_sessions_;
};

} // namespace code_runner
