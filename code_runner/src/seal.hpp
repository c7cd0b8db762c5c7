#pragma once

#include "unique_fd.hpp"

namespace code_runner {

/// Hides stdin, stdout and stderr while foreign code runs. They travel into a socket pair of our own
/// (SCM_RIGHTS, unix(7)) and are then in no descriptor table, so that nobody can open them through /proc,
/// whatever the user and the sandbox; /dev/null stands in their place.
class seal {
  public:
    /// Throws failure; then nothing is hidden.
    seal();

    /// Takes them out again, into their old places. Throws failure.
    void open();

  private:
    unique_fd inside_;
    unique_fd outside_;
};

} // namespace code_runner
