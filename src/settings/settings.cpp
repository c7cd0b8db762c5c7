#include "settings/settings.hpp"

#include "json/quote.hpp"
#include "settings/policy_file.hpp"
#include "settings/settings_rules.hpp"
#include "settings/settings_table.hpp"
#include "settings/settings_warnings.hpp"
#include "settings/stock_images.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

namespace docker_run {

namespace {

constexpr auto our_prefixes =
    std::to_array<std::string_view>({"SERVER_", "API_", "DOCKER_", "RUN_", "POOL_", "LOG_"});

// Variables of the docker client and of related tools, which an operator's shell may export.
constexpr auto docker_client_prefixes = std::to_array<std::string_view>(
    {"DOCKER_API_VERSION", "DOCKER_AUTH_CONFIG", "DOCKER_BUILD", "DOCKER_CERT_PATH", "DOCKER_CLI_",
     "DOCKER_COMPOSE", "DOCKER_CONFIG", "DOCKER_CONTENT_TRUST", "DOCKER_CONTEXT", "DOCKER_CUSTOM_HEADERS",
     "DOCKER_DEFAULT_PLATFORM", "DOCKER_HIDE_", "DOCKER_HOST", "DOCKER_MACHINE_", "DOCKER_RAMDISK",
     "DOCKER_SCAN_SUGGEST", "DOCKER_TLS", "DOCKER_TMPDIR"});

template <std::size_t Size>
bool starts_with_one_of(std::string_view name, const std::array<std::string_view, Size>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [name](std::string_view prefix) { return name.starts_with(prefix); });
}

bool is_ours_and_unknown(std::string_view name) {
    if (!starts_with_one_of(name, our_prefixes) || starts_with_one_of(name, docker_client_prefixes))
        return false;
    const auto table = settings_table();
    return std::none_of(table.begin(), table.end(), [name](const setting& row) { return row.name == name; });
}

bool is_required(const setting& row, bool has_listening_socket) {
    return row.required && !(row.needless_with_socket && has_listening_socket);
}

/// A service manager that made a state directory for the daemon passes its path (systemd.exec(5): several are
/// separated by colons).
void inherit_state_directory(const environment& variables, settings_draft& draft) {
    const auto inherited = variables.find("STATE_DIRECTORY");
    if (!draft.daemon.state_directory.empty() || inherited == variables.end())
        return;
    const auto first = inherited->second.substr(0, inherited->second.find(':'));
    if (first.starts_with('/'))
        draft.daemon.state_directory = first;
}

std::optional<setting_fault> read_setting(const setting& row, bool required, const environment& variables,
                                          settings_draft& draft) {
    const auto variable = variables.find(row.name);
    const std::string_view value = variable == variables.end() ? std::string_view{} : variable->second;
    if (value.empty() && !required)
        return std::nullopt;
    if (value.empty())
        return setting_fault{std::string(row.name), row.target.rule(row),
                             variable == variables.end() ? "nothing" : "an empty value"};
    if (!row.target.read(draft, row, value))
        return setting_fault{std::string(row.name), row.target.rule(row),
                             row.secret ? "something else (not shown)" : quote(value)};
    return std::nullopt;
}

bool names_listen_address(const setting& row) {
    return row.name == "SERVER_LISTEN_ADDR" || row.name == "SERVER_LISTEN_PORT";
}

} // namespace

parsed_settings parse_settings(const environment& variables, unsigned host_cpus, bool has_listening_socket) {
    settings_draft draft;
    std::vector<setting_fault> faults;
    for (const auto& row : settings_table())
        if (auto fault = read_setting(row, is_required(row, has_listening_socket), variables, draft))
            faults.push_back(std::move(*fault));
    inherit_state_directory(variables, draft);
    const settings_draft as_written = draft;
    derive_settings(draft, host_cpus);
    auto more = check_between_settings(draft, readable_variables(faults), host_cpus);
    faults.insert(faults.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    if (draft.policy.file.empty())
        if (auto fault = check_work_dir_of_uids(draft.container))
            faults.push_back(std::move(*fault));
    if (!draft.policy.file.empty() && readable_variables(faults).contain("RUN_POLICY_FILE"))
        read_policy(draft, as_written, host_cpus, faults);
    read_stock_images(draft, faults);

    auto warnings = warn_about_settings(draft);
    for (const auto& [name, value] : variables)
        if (is_ours_and_unknown(name))
            warnings.push_back("unknown variable " + quote(name));
    if (!faults.empty())
        return {std::move(faults), std::move(warnings)};
    return {static_cast<config&&>(std::move(draft)), std::move(warnings)};
}

std::variant<http::server_settings, std::vector<setting_fault>>
parse_listen_address(const environment& variables) {
    settings_draft draft;
    std::vector<setting_fault> faults;
    for (const auto& row : settings_table())
        if (names_listen_address(row))
            if (auto fault = read_setting(row, true, variables, draft))
                faults.push_back(std::move(*fault));
    if (!faults.empty())
        return faults;
    return std::move(draft.server);
}

} // namespace docker_run
