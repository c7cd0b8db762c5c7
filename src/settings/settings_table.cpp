#include "settings/settings_table.hpp"

#include "http/ip_prefix.hpp"
#include "http/syntax.hpp"
#include "settings/common_rules.hpp"
#include "settings/setting_value.hpp"
#include "settings/token_line.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace docker_run {

namespace {

constexpr text_rule token{"1 to 1024 printable ASCII characters without a space", is_access_token};

constexpr text_rule address{"an IP address or a host name", [](std::string_view text) {
                                return std::all_of(text.begin(), text.end(), [](char character) {
                                    return std::string_view(".:-_%").find(character) !=
                                               std::string_view::npos ||
                                           (character >= '0' && character <= '9') ||
                                           (character >= 'a' && character <= 'z') ||
                                           (character >= 'A' && character <= 'Z');
                                });
                            }};

/// RFC 6454, 6.2: in lower case and without the usual port, as browsers send it. Refuses what would never be
/// equal to it.
bool is_origin(std::string_view text) {
    constexpr std::string_view mark = "://";
    const auto scheme = text.substr(0, text.find(mark));
    if (scheme.empty() || scheme.size() == text.size())
        return false;
    const auto host = text.substr(scheme.size() + mark.size());
    const bool has_usual_port =
        (scheme == "https" && host.ends_with(":443")) || (scheme == "http" && host.ends_with(":80"));
    const bool is_odd = std::ranges::any_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '*'; });
    return http::is_host(host) && !host.ends_with(':') && !has_usual_port && !is_odd;
}

constexpr text_rule ip_prefix{"an IP address or a prefix like 192.0.2.0/24",
                              [](std::string_view text) { return http::ip_prefix::parse(text).has_value(); }};

constexpr text_rule origin{"an origin as browsers send it, like https://example.com or http://localhost:8080",
                           is_origin};

constexpr auto server = &settings_draft::server;
constexpr auto daemon = &settings_draft::daemon;
constexpr auto api = &settings_draft::api;
constexpr auto engine = &settings_draft::engine;

constexpr setting server_rows[] = {
    {.name = "SERVER_LISTEN_ADDR",
     .target = into<server, &http::server_settings::listen_address>(),
     .meaning = "Address to listen on. If a host name has several addresses, the first that works is used. "
                "Not needed if systemd passes a socket",
     .required = true,
     .needless_with_socket = true,
     .text = address,
     .shipped = "127.0.0.1"},
    {.name = "SERVER_LISTEN_PORT",
     .target = into<server, &http::server_settings::listen_port>(),
     .meaning = "TCP port to listen on. Not needed if systemd passes a socket",
     .required = true,
     .needless_with_socket = true,
     .range = {1, 65'535},
     .shipped = "8088"},
    {.name = "SERVER_WORKER_THREADS",
     .target = into<daemon, &daemon_settings::worker_threads>(),
     .meaning = "Number of runs that are processed at once. The daemon has as many threads, but never more "
                "than CPUs",
     .required = true,
     .range = {1, 1'024},
     .shipped = "4"},
    {.name = "SERVER_REUSE_PORT",
     .target = into<server, &http::server_settings::reuse_port>(),
     .meaning = "Whether another daemon may listen on the same port, for updates without a gap. Hides the "
                "error \"port in use\""},
    {.name = "SERVER_REALTIME",
     .target = into<daemon, &daemon_settings::realtime>(),
     .meaning =
         "Whether the daemon's threads have real-time priority (SCHED_RR, priority 1). Needs LimitRTPRIO=1 "
         "in the unit. Anyone who sends requests can then take the CPUs from the rest of the host. "
         "DOCKER_CONTAINER_CGROUP_PARENT puts the daemon before the programs without that risk"},
    {.name = "SERVER_MAX_CONNECTIONS",
     .target = into<server, &http::server_settings::max_connections>(),
     .meaning = "Maximum number of connections from callers at once",
     .range = {1, 1'000'000}},
    {.name = "SERVER_MAX_CONNECTIONS_PER_ADDRESS",
     .target = into<&settings_draft::max_connections_per_address>(),
     .meaning = "Maximum number of connections at once from one IPv4 address or one IPv6 network of 64 bits. "
                "Loopback and SERVER_TRUSTED_PROXIES are not counted",
     .range = {1, 1'000'000},
     .fallback = "a quarter of SERVER_MAX_CONNECTIONS"},
    {.name = "SERVER_TRUSTED_PROXIES",
     .target = into<server, &http::server_settings::trusted_proxies>(),
     .meaning = "Proxies that the daemon trusts. A request from one of them counts for the last address in "
                "its X-Forwarded-For that is no trusted proxy",
     .text = ip_prefix},
    {.name = "SERVER_MAX_BODY_SIZE",
     .target = into<server, &http::server_settings::max_body_size>(),
     .meaning = "Largest body of a request, and largest message on a WebSocket",
     .unit = "bytes",
     .range = {1, 1'073'741'824}},
    {.name = "SERVER_HEADER_TIMEOUT",
     .target = into<server, &http::server_settings::header_timeout>(),
     .meaning = "Time limit for the head of a request, from its first byte",
     .unit = "s",
     .range = some_seconds},
    {.name = "SERVER_BODY_TIMEOUT",
     .target = into<server, &http::server_settings::body_timeout>(),
     .meaning = "Time limit for the body of a request",
     .unit = "s",
     .range = some_seconds},
    {.name = "SERVER_WRITE_TIMEOUT",
     .target = into<server, &http::server_settings::write_timeout>(),
     .meaning = "Time limit for a caller to take its answer",
     .unit = "s",
     .range = some_seconds},
    {.name = "SERVER_IDLE_TIMEOUT",
     .target = into<server, &http::server_settings::idle_timeout>(),
     .meaning = "Time that a connection stays open between two requests. Callers that reuse connections need "
                "120 or more",
     .unit = "s",
     .range = some_seconds},
    {.name = "SERVER_DRAIN_DELAY",
     .target = into<daemon, &daemon_settings::drain_delay>(),
     .meaning =
         "Time that a proxy needs to see that /readyz says 503. Runs are still served for this time after "
         "SIGTERM. A run that finds no engine waits for it at most this time and is then answered 503",
     .unit = "s",
     .range = any_seconds},
    {.name = "SERVER_STOP_TIMEOUT",
     .target = into<&settings_draft::stop_timeout>(),
     .meaning = "Time for active and waiting runs to finish after the listener is closed. At least 5 s "
                "longer than RUN_MAX_EXECUTION_TIME",
     .unit = "s",
     .range = {1, 90'000},
     .fallback = "RUN_MAX_EXECUTION_TIME + 15"},
    {.name = "SERVER_STATE_DIRECTORY",
     .target = into<daemon, &daemon_settings::state_directory>(),
     .meaning =
         "Directory for the daemon's instance id. The id tells the daemon after a crash which leftover "
         "containers are its own. Without it they are removed within a minute after they have ended",
     .text = absolute_path,
     .fallback = "the first path of STATE_DIRECTORY (set by systemd), otherwise unset",
     .shipped = "/var/lib/docker-run"},
    {.name = "API_ACCESS_TOKEN",
     .target = into<&settings_draft::access_token>(),
     .meaning = "Access token that callers send",
     .secret = true,
     .text = token,
     .fallback = "required unless API_ACCESS_TOKEN_FILE is set"},
    {.name = "API_ACCESS_TOKEN_FILE",
     .target = into<api, &api_settings::access_token_file>(),
     .meaning = "File with one access token a line, each with an optional name and share, see "
                "docs/tokens.md. Every token in it is valid. Only its owner may be able to write it (root or "
                "the daemon's user). Read at start and on SIGHUP. Used instead of API_ACCESS_TOKEN",
     .text = absolute_path,
     .shipped = "/etc/docker-run/token"},
    {.name = "API_ALLOWED_ORIGINS",
     .target = into<api, &api_settings::allowed_origins>(),
     .meaning = "Origins whose pages may open a WebSocket. Programs that send no Origin always may",
     .text = origin},
    {.name = "DOCKER_UNIX_SOCKET_PATH",
     .target = into<engine, &docker::engine_settings::socket_path>(),
     .meaning = "Path of the engine's unix socket",
     .required = true,
     .text = {"an absolute path of at most 107 bytes",
              // sun_path of unix(7) holds 108 bytes with the closing NUL
              [](std::string_view text) { return text.starts_with('/') && text.size() <= 107; }},
     .shipped = "/var/run/docker.sock"},
    {.name = "DOCKER_UNIX_SOCKET_READ_TIMEOUT",
     .target = into<engine, &docker::engine_settings::read_timeout>(),
     .meaning = "Time limit for the engine to answer a call. Create, start and delete get at least 30",
     .required = true,
     .unit = "s",
     .range = some_seconds,
     .shipped = "10"},
    {.name = "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT",
     .target = into<engine, &docker::engine_settings::write_timeout>(),
     .meaning = "Time limit for the engine to take a request",
     .required = true,
     .unit = "s",
     .range = some_seconds,
     .shipped = "10"},
};

} // namespace

std::span<const setting> settings_table() {
    static const std::vector<setting> table = [] {
        std::vector<setting> rows(std::begin(server_rows), std::end(server_rows));
        const auto container_rows = container_settings_table();
        rows.insert(rows.end(), container_rows.begin(), container_rows.end());
        const auto run_rows = run_settings_table();
        rows.insert(rows.end(), run_rows.begin(), run_rows.end());
        return rows;
    }();
    return table;
}

} // namespace docker_run
