#include "process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace code_runner {
namespace {

struct pipe_ends {
    unique_fd read;
    unique_fd write;
};

/// Returns empty ends if no descriptor is left (see errno).
pipe_ends make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return {};
    return {unique_fd{ends[0]}, unique_fd{ends[1]}};
}

/// Changes only the runner's end: the two ends are separate open files, so the program's end blocks as usual.
void set_nonblocking(const unique_fd& end) {
    ::fcntl(end.get(), F_SETFL, ::fcntl(end.get(), F_GETFL) | O_NONBLOCK);
}

/// gVisor names its kernel "4.4.0-gvisor", or similar, in the kernel command line.
bool runs_in_gvisor() {
    const unique_fd file{::open("/proc/cmdline", O_RDONLY | O_CLOEXEC)};
    char buffer[256];
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    const std::string_view line{buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    return line.find("-gvisor ") != std::string_view::npos;
}

} // namespace

/// The attributes and file actions of one posix_spawn(3).
class spawn_options {
  public:
    /// The program's ends of its pipes.
    spawn_options(int input, int output, int errors, bool own_session) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
        set_attributes(own_session);
    }
    /// The leader of a new session gets the terminal that it opens first as its controlling terminal.
    explicit spawn_options(const pseudo_terminal& terminal) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, terminal.path().c_str(), O_RDWR, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDERR_FILENO);
        set_attributes(true);
    }
    ~spawn_options() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    spawn_options(const spawn_options&) = delete;
    spawn_options& operator=(const spawn_options&) = delete;

    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

  private:
    void set_attributes(bool own_session) {
        sigset_t every;
        sigfillset(&every);
        sigset_t none;
        sigemptyset(&none);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigdefault(&attributes_, &every);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        const int session = own_session ? POSIX_SPAWN_SETSID : 0;
        ::posix_spawnattr_setflags(
            &attributes_, static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session));
    }

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

/// When memory runs out, the kernel should kill the program and not the runner, even if the memory is a file
/// in a tmpfs and the runner is the largest process. A score may be raised and then lowered to its old value.
/// Linux protects the first process of a container from the signals of programs. gVisor does not, so programs
/// there get their own session, and `kill 0` does not reach the runner.
program_launcher::program_launcher()
    : oom_score_{::open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC)},
      separates_sessions_{runs_in_gvisor()} {
    char buffer[16];
    const ssize_t count = ::read(oom_score_.get(), buffer, sizeof buffer);
    if (count > 0)
        own_oom_score_.assign(buffer, static_cast<std::size_t>(count));
}

void program_launcher::set_oom_score(const std::string& value) const {
    // Best effort: without /proc the kernel decides by itself.
    if (!own_oom_score_.empty()) [[maybe_unused]]
        const ssize_t ignored = ::pwrite(oom_score_.get(), value.data(), value.size(), 0);
}

child_process program_launcher::start(const words& command, program_session session) const {
    pipe_ends input = make_pipe();
    pipe_ends output = make_pipe();
    pipe_ends errors = make_pipe();
    child_process child;
    if (!input.read || !output.read || !errors.read) {
        child.error_number = errno;
        return child;
    }

    child.leads_group = session == program_session::own || separates_sessions_;
    spawn(command, {input.read.get(), output.write.get(), errors.write.get(), child.leads_group}, child);
    if (child.error_number != 0)
        return child;

    child.input = std::move(input.write);
    child.output = std::move(output.read);
    child.errors = std::move(errors.read);
    set_nonblocking(child.input);
    set_nonblocking(child.output);
    set_nonblocking(child.errors);
    return child;
}

child_process program_launcher::start(const words& command, const pseudo_terminal& terminal) const {
    child_process child;
    child.leads_group = true;
    spawn(command, spawn_options{terminal}, child);
    if (child.error_number != 0)
        return child;
    child.input = terminal.side_of_runner();
    child.output = terminal.side_of_runner();
    return child;
}

void program_launcher::spawn(const words& command, const spawn_options& options, child_process& child) const {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    set_oom_score("1000");
    child.error_number = ::posix_spawnp(&child.pid, arguments[0], options.actions(), options.attributes(),
                                        arguments.data(), environ);
    set_oom_score(own_oom_score_);
}

} // namespace code_runner
