#include "cli/command_line.hpp"
#include "cli/engine_check.hpp"
#include "cli/exit_codes.hpp"
#include "cli/health_query.hpp"
#include "cli/selftest.hpp"
#include "daemon/daemon.hpp"
#include "daemon/descriptor_limit.hpp"
#include "log/log.hpp"
#include "settings/environment.hpp"
#include "settings/memory_sum.hpp"
#include "settings/settings.hpp"
#include "settings/settings_warnings.hpp"
#include "system/held_signals.hpp"
#include "system/scheduling.hpp"
#include "system/service_manager.hpp"
#include "system/trusted_file.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

namespace {

using namespace docker_run;

struct given_variables {
    environment all;
    bool secret_in_file = false; ///< the file that was named contains a token
};

/// Reads the environment and the variables of the file, if one is named. The file's variables take
/// precedence. Prints faults to stderr.
std::optional<given_variables> read_environment(const std::string& env_file) {
    auto variables = process_environment();
    if (env_file.empty())
        return given_variables{std::move(variables)};
    auto read = read_env_file(env_file);
    if (const auto* faults = std::get_if<std::vector<env_file_fault>>(&read)) {
        for (const auto& fault : *faults) {
            const auto where = fault.line == 0 ? env_file : env_file + ", line " + std::to_string(fault.line);
            std::cerr << "docker-run: " << where << ": " << fault.reason << '\n';
        }
        return std::nullopt;
    }
    auto merged = std::get<environment>(std::move(read));
    const bool has_secret = holds_secret(merged);
    merged.merge(variables);
    return given_variables{std::move(merged), has_secret};
}

parsed_settings parse(const environment& variables, bool has_socket) {
    return parse_settings(variables, std::max(1U, std::thread::hardware_concurrency()), has_socket);
}

void print_faults(const std::vector<setting_fault>& faults) {
    for (const auto& fault : faults)
        std::cerr << "docker-run: " << to_string(fault) << '\n';
}

struct read_config {
    config settings;
    std::vector<std::string> warnings; ///< about valid but risky settings
};

std::optional<read_config> read_settings(const environment& variables, bool has_socket) {
    auto parsed = parse(variables, has_socket);
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&parsed.result)) {
        print_faults(*faults);
        return std::nullopt;
    }
    return read_config{std::get<config>(std::move(parsed.result)), std::move(parsed.warnings)};
}

/// Whether a file that contains a token may be used. Prints the fault to stderr.
bool is_trusted(const std::string& env_file) {
    const auto danger = danger_of_file(env_file, trusted_content::secret);
    if (!danger.empty())
        std::cerr << "docker-run: " << env_file << ": holds API_ACCESS_TOKEN and is " << danger << '\n';
    return danger.empty();
}

int report_config(const read_config& given) {
    for (const auto& warning : given.warnings)
        std::cerr << "docker-run: warning: " << warning << '\n';
    std::cout << "docker-run: the configuration is valid\n"
              << "docker-run: " << describe_memory(given.settings) << '\n';
    return success_exit_code;
}

/// Caps client connections so that descriptors remain for running containers.
void limit_connections(config& settings, const logger& log) {
    auto& connections = settings.server.max_connections;
    auto& per_address = settings.server.max_connections_per_address;
    const auto descriptors = raise_descriptor_limit();
    const auto affordable = affordable_connections(settings, descriptors);
    if (connections <= affordable)
        return;
    log.write(log_level::warning, "connections.limited",
              {{"wanted", connections}, {"limit", affordable}, {"open_files", descriptors}});
    per_address = std::max<std::size_t>(1, per_address * affordable / connections);
    connections = affordable;
}

/// Raises the priority of the request threads. The log thread is already running and keeps its own.
void raise_priority(const logger& log) {
    if (const auto refusal = take_realtime_priority())
        log.write(log_level::warning, "realtime.refused", {{"reason", refusal.message()}});
}

void run_daemon(read_config given, const environment& variables, std::optional<int> listening_socket) {
    std::signal(SIGPIPE, SIG_IGN); // a closed stderr must not kill the daemon
    hold_signals();                // until the daemon listens for them
    auto& settings = given.settings;
    const logger log(settings.log);
    for (const auto& warning : given.warnings)
        log.write(log_level::warning, "settings.unwise", {{"reason", warning}});
    if (settings.daemon.realtime)
        raise_priority(log);
    limit_connections(settings, log);
    const auto read_again = [&] { return parse(variables, listening_socket.has_value()); };
    docker_run::daemon server(std::move(settings), read_again, listening_socket, log);
    server.run();
}

/// Prints the reason for the end last: by then the log is written and its thread has ended.
int serve(read_config given, const environment& variables, std::optional<int> listening_socket) {
    try {
        run_daemon(std::move(given), variables, listening_socket);
    } catch (const docker::engine_error& error) {
        std::cerr << "docker-run: " << error.what() << '\n';
        return config_exit_code;
    } catch (const std::exception& error) { // e.g. std::system_error, or Boost's type of that name
        std::cerr << "docker-run: " << error.what() << '\n';
        return failure_exit_code;
    }
    return success_exit_code;
}

/// Reads only the address: a token or policy file that a reload refuses does not make the daemon unhealthy.
int check_health(const environment& variables) {
    const auto parsed = parse_listen_address(variables);
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&parsed)) {
        print_faults(*faults);
        return config_exit_code;
    }
    return report_health(std::get<http::server_settings>(parsed), std::cout, std::cerr);
}

} // namespace

int main(int argc, char** argv) {
    auto parsed = parse_command_line(argc, argv, std::cout, std::cerr);
    if (const int* code = std::get_if<int>(&parsed))
        return *code;
    const auto& options = std::get<command_line_options>(parsed);
    using action = command_line_options::action;
    const auto passed = take_inherited_socket();
    if (const auto* fault = std::get_if<inherited_socket_fault>(&passed)) {
        std::cerr << "docker-run: " << fault->reason << '\n';
        return config_exit_code;
    }
    const auto listening_socket = std::get<std::optional<int>>(passed);
    const auto variables = read_environment(options.env_file);
    if (!variables)
        return config_exit_code;
    if (options.mode == action::health)
        return check_health(variables->all);
    if (variables->secret_in_file && !is_trusted(options.env_file))
        return config_exit_code;
    auto given = read_settings(variables->all, listening_socket.has_value());
    if (!given)
        return config_exit_code;
    if (variables->secret_in_file)
        std::ranges::move(warn_about_env_file(options.env_file), std::back_inserter(given->warnings));
    if (options.mode == action::check_config)
        return report_config(*given);
    if (options.mode == action::check_engine)
        return check_engine(given->settings, std::cout, std::cerr);
    if (options.mode == action::self_test)
        return self_test(std::move(given->settings), options.image, std::cout, std::cerr);
    return serve(std::move(*given), variables->all, listening_socket);
}
