#pragma once

#include <string>

namespace docker_run {

/// Who this daemon is among all that share an engine: the id in its containers' label. The id outlives the
/// process, so that the next start knows the containers of a crashed one as its own.
///
/// It is kept in a file `instance-N` of the state directory, locked (flock) while the process lives; the
/// first file that nobody holds is taken. Two daemons with one state directory so have different ids.
class instance {
  public:
    /// Without a state directory (empty) the id is random, and what a crash leaves is swept by its deadline
    /// only. Throws std::system_error where the directory cannot be used.
    explicit instance(const std::string& state_directory);
    ~instance();
    instance(const instance&) = delete;
    instance& operator=(const instance&) = delete;

    /// 12 hexadecimal digits.
    const std::string& id() const noexcept { return id_; }

  private:
    bool take(const std::string& path);

    int lock_ = -1; ///< the file's descriptor; the lock ends with it
    std::string id_;
};

} // namespace docker_run
