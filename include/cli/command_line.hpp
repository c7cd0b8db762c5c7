#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <variant>

namespace docker_run {

/// What the daemon was asked to do by its command line. All settings come from the environment.
struct command_line_options {
    enum class action : std::uint8_t {
        serve,
        check_config, ///< parse the settings, say what is wrong with them, end
        check_engine, ///< ask the engine which limits it enforces, end
        self_test,    ///< run hostile programs in an image, say what held, end
        health,       ///< ask the daemon that runs by the same settings how it is, end
    };
    action what = action::serve;
    std::string image;    ///< of the self-test
    std::string env_file; ///< its variables stand in front of the environment's; empty: none
};

/// The exit status of a command line that makes no sense (EX_USAGE of sysexits.h).
inline constexpr int usage_exit_code = 64;

/// Reads the command line. Where nothing is left to do (--help, --version, --print-..., a fault) the exit
/// code, after writing the text to `out` or the fault to `errors`.
std::variant<command_line_options, int> parse_command_line(int argc, const char* const* argv,
                                                           std::ostream& out, std::ostream& errors);

} // namespace docker_run
