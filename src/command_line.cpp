#include "command_line.hpp"

#include "settings.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace docker_run {

namespace {

using action = command_line_options::action;

void describe(CLI::App& app, command_line_options& options) {
    app.set_version_flag("--version", "docker-run " DOCKER_RUN_VERSION, "Print the version and exit");
    app.set_help_flag("--help", "Print this help and exit");
    app.add_option("--env-file", options.env_file,
                   "Read settings from FILE (NAME=VALUE lines, # comments, no quotes); they count before the "
                   "environment's")
        ->option_text("FILE");

    auto* check = app.add_flag_callback(
        "--check-config", [&options] { options.what = action::check_config; },
        "Check the settings, say all that is wrong with them and exit; 78 where something is");
    app.add_option_function<std::string>(
           "--print-settings",
           [&options](const std::string& format) {
               options.what = format == "env" ? action::print_environment : action::print_markdown;
           },
           "Print all settings and exit")
        ->option_text("markdown|env")
        ->check(CLI::IsMember({"markdown", "env"}))
        ->excludes(check);
    app.footer(settings_as_help());
}

} // namespace

std::variant<command_line_options, int> parse_command_line(int argc, const char* const* argv,
                                                           std::ostream& out, std::ostream& errors) {
    command_line_options options;
    CLI::App app("HTTP API for running code in transient docker containers", "docker-run");
    describe(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& end) { // CLI11 ends --help and --version this way too
        const int code = app.exit(end, out, errors);
        return code == 0 ? 0 : usage_exit_code;
    }
    return options;
}

} // namespace docker_run
