#pragma once

#include "unique_fd.hpp"

namespace code_runner {

/// Hides stdin, stdout and stderr while foreign code runs. They travel into a socket pair of our own
/// (SCM_RIGHTS, unix(7)) and are then in no descriptor table, so that nobody can open them through /proc,
/// whatever the user and the sandbox; /dev/null stands in their place. The kernel counts descriptors that
/// travel for each user, over all containers. Where a neighbour with our user id has used all of them up,
/// they stay in their places if the kernel keeps our /proc/PID/fd from programs, which is enough then.
class seal {
  public:
    /// We must not be dumpable (prctl(2)). Throws failure; then nothing is hidden.
    seal();

    /// Takes out again what is inside, into its old places. Throws failure.
    void open();

  private:
    unique_fd inside_;
    unique_fd outside_;
};

} // namespace code_runner
