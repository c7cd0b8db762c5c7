#pragma once

#include "pseudo_terminal.hpp"
#include "recipe.hpp"
#include "unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace code_runner {

class spawn_options;

/// A started program, and the runner's ends of its three pipes. These ends are non-blocking. A terminal has
/// no `errors`.
struct child_process {
    pid_t pid = -1;
    bool leads_group = false; ///< its process id is also that of a process group
    unique_fd input;
    unique_fd output;
    unique_fd errors;
    int error_number = 0; ///< errno of a failed start, otherwise 0
};

enum class program_session : std::uint8_t { runners, own };

/// Starts programs in the current directory, with the runner's environment, default signals and only three
/// descriptors open. The first word of a command is looked up in PATH.
class program_launcher {
  public:
    program_launcher();

    /// With three pipes.
    child_process start(const words& command, program_session session = program_session::runners) const;

    /// With a terminal, in a session of its own. The terminal must outlive the program.
    child_process start(const words& command, const pseudo_terminal& terminal) const;

  private:
    void spawn(const words& command, const spawn_options& options, child_process& child) const;
    void set_oom_score(const std::string& value) const;

    unique_fd oom_score_;
    std::string own_oom_score_;
    bool separates_sessions_;
};

} // namespace code_runner
