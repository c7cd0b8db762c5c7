#include "settings/settings_warnings.hpp"

#include "docker/tmpfs_options.hpp"
#include "json/quote.hpp"
#include "system/trusted_file.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace docker_run {

namespace {

using warnings = std::vector<std::string>;

/// 16 characters of a random alphabet of 16 are 64 bits, more than anybody can try over a network.
constexpr std::size_t least_token_size = 16;

/// dockerd's userns-remap and rootless engines map 65536 users unless told otherwise.
constexpr std::uint32_t last_uid_of_user_namespaces = 65'535;

bool is_root(std::string_view user) {
    const auto name = user.substr(0, user.find(':'));
    return name.empty() || name == "root" || name.find_first_not_of('0') == std::string_view::npos;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text.append(text.empty() ? "" : " ").append(word);
    return text;
}

warnings about_container(const container_settings& container) {
    warnings list;
    if (!container.readonly_rootfs)
        list.emplace_back("DOCKER_CONTAINER_READONLY_ROOTFS is not true: a program may fill the host's disk");
    if (!holds_full_tmpfs(container))
        list.emplace_back("DOCKER_CONTAINER_MEMORY, " + std::to_string(container.memory) +
                          ", is less than its tmpfs and shared memory may take, " +
                          std::to_string(tmpfs_total(container)) +
                          ", and 32 MiB for the program: one that fills them is killed for memory");
    if (is_root(container.user))
        list.emplace_back("DOCKER_CONTAINER_USER, " + quote(container.user) +
                          ", is root: programs have the rights of root within their container, and a fault "
                          "of the kernel or the engine is worth more to them");
    if (!container.cap_add.empty())
        list.emplace_back("DOCKER_CONTAINER_CAP_ADD, " + quote(joined(container.cap_add)) +
                          ", gives programs rights that they can use against the host");
    if (container.cap_drop.empty())
        list.emplace_back("DOCKER_CONTAINER_CAP_DROP is empty: programs keep the engine's default "
                          "capabilities; ALL takes them away");
    if (container.uids.last > last_uid_of_user_namespaces)
        list.emplace_back("DOCKER_CONTAINER_UIDS goes beyond " + std::to_string(last_uid_of_user_namespaces) +
                          ", which an engine with user namespaces has no users for");
    if (!container.network_disabled)
        list.emplace_back("DOCKER_CONTAINER_NETWORK_DISABLED is false: programs reach the engine's network, "
                          "and from there the host's services, its neighbours and the Internet");
    return list;
}

/// Adds only those warnings of a rule that the settings themselves do not cause.
void add_rules(const settings_draft& draft, warnings& list) {
    const auto general = about_container(draft.container);
    for (std::size_t i = 0; i < draft.policy.rules.size(); ++i) {
        for (const auto& each : about_container(draft.policy.rules[i].options.container)) {
            if (std::ranges::find(general, each) != general.end() || draft.policy.file.empty())
                continue;
            list.push_back(draft.policy.file + ": images[" + std::to_string(i) + "]: " + each);
        }
    }
}

void add_tokens(const api_settings& api, warnings& list) {
    const bool from_file = !api.access_token_file.empty();
    const auto is_short = [](const access_token& token) { return token.text.size() < least_token_size; };
    if (std::ranges::any_of(api.access_tokens, is_short))
        list.emplace_back(std::string(from_file ? "a token in API_ACCESS_TOKEN_FILE" : "API_ACCESS_TOKEN") +
                          " has less than 16 characters: it can be guessed");
    if (!from_file)
        return;
    for (const auto& concern : concerns_about_file(api.access_token_file, trusted_content::secret))
        list.push_back("API_ACCESS_TOKEN_FILE, " + quote(api.access_token_file) + ", is " + concern);
}

void add_policy(const policy_settings& policy, warnings& list) {
    if (policy.file.empty()) {
        list.emplace_back("RUN_POLICY_FILE is unset: whoever has a token may run every image that the engine "
                          "has, and read what is in it");
        return;
    }
    for (const auto& concern : concerns_about_file(policy.file, trusted_content::rules))
        list.push_back("RUN_POLICY_FILE, " + quote(policy.file) + ", is " + concern);
}

/// Does not look up a host name.
bool is_open_address(const std::string& text) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(text, error);
    return !error && !address.is_loopback();
}

void add_server(const config& settings, warnings& list) {
    const auto& server = settings.server;
    if (settings.daemon.realtime)
        list.emplace_back("SERVER_REALTIME is true: whoever can send requests, with or without a token, can "
                          "take the CPUs from everything else on this host");
    if (is_open_address(server.listen_address) && server.trusted_proxies.empty())
        list.emplace_back("SERVER_LISTEN_ADDR, " + server.listen_address +
                          ", may be reached from other hosts, and what the daemon speaks is plain HTTP: let "
                          "only a proxy with TLS reach it, and name that in SERVER_TRUSTED_PROXIES");
}

} // namespace

std::vector<std::string> warn_about_settings(const settings_draft& draft) {
    auto list = about_container(draft.container);
    add_rules(draft, list);
    add_server(draft, list);
    add_tokens(draft.api, list);
    add_policy(draft.policy, list);
    if (draft.container.debug_keep)
        list.emplace_back(
            "DEBUG_KEEP_CONTAINER is true: containers stay after their runs and none wait for the "
            "next ones; not for production");
    return list;
}

bool holds_secret(const environment& variables) {
    const auto token = variables.find("API_ACCESS_TOKEN");
    return token != variables.end() && !token->second.empty();
}

std::vector<std::string> warn_about_env_file(const std::string& path) {
    std::vector<std::string> list;
    for (const auto& concern : concerns_about_file(path, trusted_content::secret))
        list.push_back(quote(path) + ", which holds API_ACCESS_TOKEN, is " + concern);
    return list;
}

} // namespace docker_run
