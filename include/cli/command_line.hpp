#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <variant>

namespace docker_run {

/// The action that the command line asks for. All settings come from the environment.
struct command_line_options {
    enum class action : std::uint8_t {
        serve,
        check_config, ///< parse the settings, print their faults, exit
        check_engine, ///< ask the engine which limits it enforces, exit
        self_test,    ///< run hostile programs in an image, print the results, exit
        health,       ///< ask the running daemon with the same settings for its state, exit
    };
    action mode = action::serve;
    std::string image;    ///< of the self-test
    std::string env_file; ///< its variables take precedence over the environment; empty: none
};

/// Reads the command line. If nothing is left to do (--help, --version, --print-..., a fault), writes the
/// text to `out` or the fault to `errors`, and returns the exit code (exit_codes.hpp).
std::variant<command_line_options, int> parse_command_line(int argc, const char* const* argv,
                                                           std::ostream& out, std::ostream& errors);

} // namespace docker_run
