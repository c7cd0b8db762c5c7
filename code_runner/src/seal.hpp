#pragma once

#include "unique_fd.hpp"

namespace code_runner {

/// Hides stdin, stdout and stderr while foreign code runs. They are sent into a socket pair of the runner
/// (SCM_RIGHTS, unix(7)) and are then in no descriptor table. So no process can open them through /proc, with
/// any user and in any sandbox. /dev/null takes their place. The kernel counts descriptors in transit for
/// each user, over all containers. If another container with the same user id has used up that limit, they
/// stay in place, provided that the kernel denies programs access to the runner's /proc/PID/fd. That is
/// sufficient protection then. Copies with other numbers stay where they are: the second protocol needs some
/// of stderr and stdin.
class descriptor_seal {
  public:
    /// The runner must not be dumpable (prctl(2)). Throws failure; then nothing is hidden.
    descriptor_seal();

    /// Takes the descriptors out again and puts them back in their places. Throws failure.
    void open();

  private:
    unique_fd inside_;
    unique_fd outside_;
};

} // namespace code_runner
