#include "cli/command_line.hpp"

#include "cli/completion.hpp"
#include "cli/exit_codes.hpp"
#include "cli/manual.hpp"
#include "docker/image_reference.hpp"
#include "settings/settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <ostream>

namespace docker_run {

namespace {

using action = command_line_options::action;

/// Makes the text that is printed instead of serving. Called when the whole command line has proved valid.
using printer = std::function<std::string()>;

option_texts texts_of(const CLI::App& app) {
    option_texts texts;
    for (const auto* option : app.get_options())
        texts.push_back({option->get_name(), option->get_option_text(), option->get_description()});
    return texts;
}

std::string settings_as(const std::string& form) {
    return form == "env" ? settings_as_env_file() : settings_as_markdown();
}

void describe_actions(CLI::App& app, command_line_options& options) {
    app.add_option("--env-file", options.env_file,
                   "Read settings from FILE (NAME=VALUE lines, # comments, no quotes); they count before "
                   "those of the environment")
        ->option_text("FILE");
    app.add_flag_callback(
        "--check-config", [&options] { options.mode = action::check_config; },
        "Check the settings, say all that is wrong with them and exit; 78 where something is");
    app.add_flag_callback(
           "--check-engine", [&options] { options.mode = action::check_engine; },
           "Ask the engine which limits it enforces, print them and exit: 0 where it enforces all of them, 1 "
           "where not, 69 where it does not answer")
        ->excludes("--check-config");
    app.add_option_function<std::string>(
           "--self-test",
           [&options](const std::string& image) {
               options.mode = action::self_test;
               options.image = image;
           },
           "Run hostile programs in containers of IMAGE, which has our runner, with these settings and this "
           "engine, print what held and exit: 0 where everything did, 1 where not, 69 where no run was "
           "possible")
        ->option_text("IMAGE")
        ->check([](const std::string& image) { return docker::image_reference_fault(image); })
        ->excludes("--check-config")
        ->excludes("--check-engine");
    app.add_flag_callback(
           "--health", [&options] { options.mode = action::health; },
           "Ask the daemon that runs with the same settings whether it is ready and exit; 0 where it is")
        ->excludes("--check-config")
        ->excludes("--check-engine")
        ->excludes("--self-test");
}

void describe_printing(CLI::App& app, printer& print) {
    app.add_option_function<std::string>(
           "--print-settings",
           [&print](const std::string& form) { print = [form] { return settings_as(form); }; },
           "Print all settings and exit")
        ->option_text("markdown|env")
        ->check(CLI::IsMember({"markdown", "env"}));
    app.add_option_function<std::string>(
           "--print-completion",
           [&](const std::string& shell) {
               print = [&app, shell] { return completion(shell, texts_of(app)); };
           },
           "Print the completion of this command line for a shell and exit")
        ->option_text("bash|zsh|fish")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    app.add_flag_callback(
        "--print-manual", [&] { print = [&app] { return manual_page(texts_of(app)); }; },
        "Print the manual page and exit");
    for (const auto* name : {"--print-settings", "--print-completion", "--print-manual"})
        for (const auto* other : {"--check-config", "--check-engine", "--self-test", "--health"})
            app.get_option(name)->excludes(app.get_option(other));
}

void describe(CLI::App& app, command_line_options& options, printer& print) {
    app.set_version_flag("--version", "docker-run " DOCKER_RUN_VERSION, "Print the version and exit");
    app.set_help_flag("--help", "Print this help and exit");
    describe_actions(app, options);
    describe_printing(app, print);
    app.footer(settings_as_help());
}

} // namespace

std::variant<command_line_options, int> parse_command_line(int argc, const char* const* argv,
                                                           std::ostream& out, std::ostream& errors) {
    command_line_options options;
    printer print;
    CLI::App app("HTTP API for running code in transient docker containers", "docker-run");
    describe(app, options, print);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& end) { // CLI11 ends --help and --version this way too
        const int code = app.exit(end, out, errors);
        return code == 0 ? success_exit_code : usage_exit_code;
    }
    if (!print)
        return options;
    out << print();
    return success_exit_code;
}

} // namespace docker_run
