#include "settings/settings_rules.hpp"

#include "admission/caller.hpp"
#include "docker/tmpfs_options.hpp"
#include "image/time_budget.hpp"
#include "json/quote.hpp"
#include "settings/bind_mounts.hpp"
#include "settings/container_kinds.hpp"
#include "settings/setting_value.hpp"
#include "settings/token_file.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

namespace docker_run {

namespace {

constexpr double default_cpus = 2;
/// One address gets a quarter of all connections.
constexpr std::size_t default_address_share = 4;

std::optional<docker::tmpfs_mount> usable_mount(docker::tmpfs_mount mount) {
    if (mount.path.empty())
        return std::nullopt;
    mount.options = docker::complete_tmpfs_options(std::move(mount.options));
    return mount;
}

class rule_checker {
  public:
    explicit rule_checker(const readable_variables& readable) : readable_(readable) {}

    // The fault names the first of the variables.
    void require(bool holds, std::initializer_list<std::string_view> variables, std::string rule,
                 std::string found) {
        const bool judged = std::all_of(variables.begin(), variables.end(),
                                        [this](std::string_view name) { return readable_.contain(name); });
        if (judged && !holds)
            faults_.push_back({std::string(*variables.begin()), std::move(rule), std::move(found)});
    }

    std::vector<setting_fault> faults() && { return std::move(faults_); }

  private:
    const readable_variables& readable_;
    std::vector<setting_fault> faults_;
};

void check_tokens(settings_draft& draft, rule_checker& rules) {
    const auto& path = draft.api.access_token_file;
    rules.require(!draft.access_token.empty() || !path.empty(), {"API_ACCESS_TOKEN", "API_ACCESS_TOKEN_FILE"},
                  "set, or API_ACCESS_TOKEN_FILE instead", "neither");
    rules.require(draft.access_token.empty() || path.empty(), {"API_ACCESS_TOKEN_FILE", "API_ACCESS_TOKEN"},
                  "unset where API_ACCESS_TOKEN is set", "both");
    if (!draft.access_token.empty())
        draft.api.access_tokens = {{draft.access_token, std::make_shared<const caller>()}};
    if (path.empty() || !draft.access_token.empty())
        return;
    auto read = read_token_file(path);
    if (auto* tokens = std::get_if<std::vector<access_token>>(&read))
        draft.api.access_tokens = std::move(*tokens);
    if (const auto* fault = std::get_if<token_file_fault>(&read))
        rules.require(false, {"API_ACCESS_TOKEN_FILE"},
                      "a readable file with one token a line, written by its owner alone, who is root or the "
                      "daemon's user",
                      quote(path) + ": " + fault->reason);
}

void check_containers(const container_settings& container, unsigned host_cpus, rule_checker& rules) {
    rules.require(container.nofile_soft <= container.nofile_hard,
                  {"DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT", "DOCKER_CONTAINER_ULIMIT_NOFILE_HARD"},
                  "at most DOCKER_CONTAINER_ULIMIT_NOFILE_HARD, " + std::to_string(container.nofile_hard),
                  std::to_string(container.nofile_soft));
    rules.require(container.nproc_soft <= container.nproc_hard,
                  {"DOCKER_CONTAINER_ULIMIT_NPROC_SOFT", "DOCKER_CONTAINER_ULIMIT_NPROC_HARD"},
                  "at most DOCKER_CONTAINER_ULIMIT_NPROC_HARD, " + std::to_string(container.nproc_hard),
                  std::to_string(container.nproc_soft));
    rules.require(container.memory_swap >= container.memory,
                  {"DOCKER_CONTAINER_MEMORY_SWAP", "DOCKER_CONTAINER_MEMORY"},
                  "at least DOCKER_CONTAINER_MEMORY, " + std::to_string(container.memory),
                  std::to_string(container.memory_swap));
    rules.require(container.cpus <= host_cpus, {"DOCKER_CONTAINER_CPUS"},
                  "at most what the host has, " + std::to_string(host_cpus), show_number(container.cpus));
    rules.require(!container.tmp_dir || !container.work_dir ||
                      container.tmp_dir->path != container.work_dir->path,
                  {"DOCKER_CONTAINER_WORK_DIR_PATH", "DOCKER_CONTAINER_TMP_DIR_PATH"},
                  "another path than DOCKER_CONTAINER_TMP_DIR_PATH", "the same");
}

void check_uids(const settings_draft& draft, rule_checker& rules) {
    const auto& uids = draft.container.uids;
    const auto least = least_uids(draft);
    rules.require(!uids || uids.size() >= least,
                  {"DOCKER_CONTAINER_UIDS", "SERVER_WORKER_THREADS", "POOL_MAX_TOTAL", "RUN_INTERACTIVE_MAX"},
                  "a range of at least " + std::to_string(least) +
                      " users, for all containers that may exist at once and some more",
                  std::to_string(uids.size()));
}

/// Each mount needs a target of its own and must not show programs anything that they must not see.
void check_mounts(const settings_draft& draft, rule_checker& rules) {
    const std::vector<std::string> secrets{draft.engine.socket_path, draft.api.access_token_file,
                                           draft.daemon.state_directory};
    const auto& container = draft.container;
    std::set<std::string> taken;
    for (const auto& each : {container.tmp_dir, container.work_dir})
        if (each)
            taken.insert(each->path);
    for (const auto& mount : container.mounts) {
        auto reason = bind_mount_fault(mount, secrets);
        if (reason.empty() && !taken.insert(mount.target).second)
            reason = "something else is mounted there";
        rules.require(reason.empty(), {"DOCKER_CONTAINER_MOUNTS"},
                      "existing paths of the host that programs may see, each for a place of its own",
                      quote(mount.source + ":" + mount.target) + ": " + reason);
    }
}

void check_pool(const pool_settings& pool, rule_checker& rules) {
    rules.require(pool.max_per_image <= pool.max_total, {"POOL_MAX_PER_IMAGE", "POOL_MAX_TOTAL"},
                  "at most POOL_MAX_TOTAL, " + std::to_string(pool.max_total),
                  std::to_string(pool.max_per_image));
    rules.require(pool.prewarm.size() <= pool.max_total, {"POOL_PREWARM", "POOL_MAX_TOTAL"},
                  "at most as many images as POOL_MAX_TOTAL, " + std::to_string(pool.max_total),
                  std::to_string(pool.prewarm.size()));
}

} // namespace

readable_variables::readable_variables(const std::vector<setting_fault>& faults) {
    for (const auto& fault : faults)
        faulty_.push_back(fault.variable);
}

bool readable_variables::contain(std::string_view variable) const {
    return std::find(faulty_.begin(), faulty_.end(), variable) == faulty_.end();
}

void derive_settings(settings_draft& draft, unsigned host_cpus) {
    auto& container = draft.container;
    container.demanded = {.memory_swap = draft.memory_swap.has_value(),
                          .pids_limit = draft.pids_limit.has_value(),
                          .cpus = draft.cpus.has_value()};
    container.memory_swap = draft.memory_swap.value_or(container.memory);
    container.pids_limit = draft.pids_limit.value_or(container.nproc_hard);
    container.cpus = draft.cpus.value_or(std::min<double>(default_cpus, host_cpus));
    container.tmp_dir = usable_mount(draft.tmp_mount);
    container.work_dir = usable_mount(draft.work_mount);
    container.mounts.clear();
    for (const auto& text : draft.mounts)
        if (auto mount = parse_bind_mount(text))
            container.mounts.push_back(std::move(*mount));

    auto& server = draft.server;
    server.max_connections_per_address = draft.max_connections_per_address.value_or(
        std::max<std::size_t>(1, server.max_connections / default_address_share));
    draft.run.queue_size = draft.queue_size.value_or(default_queue_factor * draft.daemon.worker_threads);
    draft.daemon.stop_timeout =
        draft.stop_timeout.value_or(time_budget(draft.run.max_execution_time).default_stop());

    auto& pool = draft.pool;
    pool.max_per_image = draft.pool_max_per_image.value_or(std::min(pool.max_per_image, pool.max_total));
    // A container that waits would be kept although it never ran.
    pool.enabled = pool.enabled && !container.debug_keep;
}

std::vector<setting_fault> check_between_settings(settings_draft& draft, const readable_variables& readable,
                                                  unsigned host_cpus) {
    rule_checker rules(readable);
    check_tokens(draft, rules);
    check_pool(draft.pool, rules);
    auto faults = std::move(rules).faults();
    auto more = check_options(draft, readable, host_cpus);
    faults.insert(faults.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    return faults;
}

std::vector<setting_fault> check_options(const settings_draft& draft, const readable_variables& readable,
                                         unsigned host_cpus) {
    rule_checker rules(readable);
    check_containers(draft.container, host_cpus, rules);
    check_uids(draft, rules);
    check_mounts(draft, rules);
    const auto least_stop_timeout = time_budget(draft.run.max_execution_time).least_stop();
    rules.require(draft.daemon.stop_timeout >= least_stop_timeout,
                  {"SERVER_STOP_TIMEOUT", "RUN_MAX_EXECUTION_TIME"},
                  "at least RUN_MAX_EXECUTION_TIME + 5, " + std::to_string(least_stop_timeout.count()),
                  std::to_string(draft.daemon.stop_timeout.count()));
    return std::move(rules).faults();
}

std::optional<setting_fault> check_work_dir_of_uids(const container_settings& container) {
    if (container.uids && !container.work_dir)
        return setting_fault{"DOCKER_CONTAINER_UIDS",
                             "off where DOCKER_CONTAINER_WORK_DIR_PATH names no work directory, which every "
                             "user could write to",
                             "a range"};
    if (container.uids && docker::names_an_owner(container.work_dir->options))
        return setting_fault{"DOCKER_CONTAINER_WORK_DIR_OPTIONS",
                             "without uid and gid where DOCKER_CONTAINER_UIDS is set",
                             quote(container.work_dir->options)};
    return std::nullopt;
}

} // namespace docker_run
