#pragma once

#include "settings/config.hpp"
#include "settings/environment.hpp"
#include "settings/setting_fault.hpp"

#include <string>
#include <variant>
#include <vector>

namespace docker_run {

/// All settings, or everything that is wrong with them.
struct parsed_settings {
    std::variant<config, std::vector<setting_fault>> result;
    std::vector<std::string> warnings; ///< for the log: sentences about what is allowed and yet unwise
};

/// Reads the settings from `variables`; the rules are those of settings_table.hpp and, between variables, of
/// settings_rules.hpp. Variables without one of our prefixes are ignored.
/// Reads the files that API_ACCESS_TOKEN_FILE and RUN_POLICY_FILE name, looks at those of
/// DOCKER_CONTAINER_MOUNTS and DOCKER_STOCK_RUNNER_PATH, and at nothing else.
/// `host_cpus` bounds DOCKER_CONTAINER_CPUS: the engine refuses more than the host has. With a listening
/// socket that was passed to the process (service_manager.hpp) address and port are not needed.
parsed_settings parse_settings(const environment& variables, unsigned host_cpus,
                               bool has_listening_socket = false);

/// SERVER_LISTEN_ADDR and SERVER_LISTEN_PORT alone, both required, or what is wrong with them; nothing else
/// is read and no file is opened. For a health check: whether the rest is valid is decided at a start or
/// reload.
std::variant<http::server_settings, std::vector<setting_fault>>
parse_listen_address(const environment& variables);

// The same table for people, so that no description of a setting exists twice.

/// A Markdown table, for docs/settings.md.
std::string settings_as_markdown();

/// The docker-run.env that we ship: complete, hardened, every optional setting as a comment.
std::string settings_as_env_file();

/// One setting in words.
struct setting_text {
    std::string name;
    std::string sentence; ///< what it means, its values, its default
};

/// Every setting in the order of the table, for the manual page.
std::vector<setting_text> describe_settings();

/// Plain text, for --help.
std::string settings_as_help();

} // namespace docker_run
