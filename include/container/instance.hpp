#pragma once

#include "system/unique_fd.hpp"

#include <string>

namespace docker_run {

/// The identity of this daemon among all daemons that share an engine: the id in the label of its containers.
/// The id outlives the process, so that after a crash the next process recognises the old containers as its
/// own.
///
/// It is kept in a file `instance-N` of the state directory, locked (flock) while the process lives. The
/// first file that is not locked is used, so two daemons with one state directory have different ids.
class instance {
  public:
    /// Without a state directory (empty) the id is random, and containers left by a crash are swept only
    /// after their deadline. Throws std::system_error if the directory cannot be used.
    explicit instance(const std::string& state_directory);
    instance(const instance&) = delete;
    instance& operator=(const instance&) = delete;

    /// 12 hexadecimal digits.
    const std::string& id() const noexcept { return id_; }

  private:
    bool take(const std::string& path);

    unique_fd lock_; ///< the file; the lock ends with it
    std::string id_;
};

} // namespace docker_run
