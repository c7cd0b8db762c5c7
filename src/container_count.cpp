#include "container_count.hpp"

namespace docker_run {

namespace {

constexpr std::size_t spare_uids = 64;

} // namespace

std::size_t most_containers(const server_settings& server, const pool_settings& pool) {
    const auto backlog = 2 * server.worker_threads + 8;
    return server.worker_threads + pool.max_total + backlog;
}

std::size_t least_uids(const server_settings& server, const pool_settings& pool) {
    return most_containers(server, pool) + spare_uids;
}

} // namespace docker_run
