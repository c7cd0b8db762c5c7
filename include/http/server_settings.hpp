#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace docker_run::http {

/// The address on which the server listens, and the limits of its connections.
struct server_settings {
    std::string listen_address; ///< an IP address or a host name
    std::uint16_t listen_port = 0;
    bool reuse_port = false;
    std::size_t max_connections = 4096;
    std::size_t max_connections_per_address = 1024;
    std::vector<std::string> trusted_proxies; ///< each in the form of http::ip_prefix
    std::size_t max_body_size = 2'097'152;    ///< bytes
    std::chrono::seconds header_timeout{10};
    std::chrono::seconds body_timeout{30};
    std::chrono::seconds write_timeout{30};
    std::chrono::seconds idle_timeout{130};
    std::chrono::milliseconds ping_interval{15'000}; ///< of a WebSocket
};

} // namespace docker_run::http
