#include "docker/container_spec.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <fstream>

namespace docker_run::docker {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

container_spec spec() {
    container_spec made;
    made.image = "docker-run/python";
    made.host.hostname = "glot";
    made.host.user = "glot";
    made.host.memory = 500'000'000;
    made.host.memory_swap = 500'000'000;
    made.host.pids_limit = 64;
    made.host.cpus = 1.5;
    made.host.nofile_soft = 90;
    made.host.nofile_hard = 100;
    made.host.cap_drop = {"ALL"};
    made.max_cpu_time = 16s;
    return made;
}

json body_of(const container_spec& of, bool podman = false) {
    return json::parse(create_body(of, {.podman = podman, .takes_profiles = !podman}));
}

json limit(const json& body, const std::string& name) {
    for (const auto& each : body["HostConfig"]["Ulimits"])
        if (each["Name"] == name)
            return each;
    return nullptr;
}

TEST(container_spec, asks_for_a_single_use_container_that_takes_one_payload) {
    const auto body = body_of(spec());
    EXPECT_EQ(body["Image"], "docker-run/python");
    for (const char* member : {"OpenStdin", "StdinOnce", "AttachStdin", "AttachStdout", "AttachStderr"})
        EXPECT_EQ(body[member], true) << member;
    EXPECT_EQ(body["Tty"], false);
    EXPECT_EQ(body["HostConfig"]["AutoRemove"], false);
}

// Engines before API version 1.44 would leave what is mounted below the source writable.
TEST(container_spec, mounts_paths_of_the_host_read_only_and_nothing_below_them) {
    EXPECT_FALSE(body_of(spec())["HostConfig"].contains("Mounts"));
    auto with_mount = spec();
    with_mount.host.mounts = {{"/opt/go", "/usr/go"}};
    const auto mounts = body_of(with_mount)["HostConfig"]["Mounts"];
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_EQ(mounts[0], json::parse(R"({"Type":"bind","Source":"/opt/go","Target":"/usr/go","ReadOnly":true,
                                         "BindOptions":{"Propagation":"rprivate","NonRecursive":true}})"));
}

TEST(container_spec, turns_the_network_off_with_both_switches) {
    const auto off = body_of(spec());
    EXPECT_EQ(off["NetworkDisabled"], true);
    EXPECT_EQ(off["HostConfig"]["NetworkMode"], "none");
    auto with_network = spec();
    with_network.host.network_disabled = false;
    const auto on = body_of(with_network);
    EXPECT_EQ(on["NetworkDisabled"], false);
    EXPECT_FALSE(on["HostConfig"].contains("NetworkMode"));
}

TEST(container_spec, carries_every_limit) {
    const auto host = body_of(spec())["HostConfig"];
    EXPECT_EQ(host["Memory"], 500'000'000);
    EXPECT_EQ(host["MemorySwap"], 500'000'000);
    EXPECT_EQ(host["PidsLimit"], 64);
    EXPECT_EQ(host["NanoCpus"], 1'500'000'000);
    EXPECT_EQ(host["LogConfig"]["Type"], "none");
    EXPECT_EQ(host["CgroupnsMode"], "private");
    EXPECT_EQ(host["SecurityOpt"][0], "no-new-privileges");
    EXPECT_EQ(limit(body_of(spec()), "nofile"),
              json::object({{"Name", "nofile"}, {"Soft", 90}, {"Hard", 100}}));
    EXPECT_EQ(limit(body_of(spec()), "core")["Hard"], 1)
        << "with 0 a program of the host would take the dump";
    EXPECT_EQ(limit(body_of(spec()), "cpu")["Hard"], 16);
}

TEST(container_spec, never_sends_nproc_to_docker_and_the_highest_that_podman_may_set) {
    EXPECT_TRUE(limit(body_of(spec()), "nproc").is_null());
    rlimit own{};
    ASSERT_EQ(::getrlimit(RLIMIT_NPROC, &own), 0);
    rlim_t processes = 0;
    std::ifstream("/proc/sys/kernel/pid_max") >> processes;
    const auto sent = limit(body_of(spec(), true), "nproc");
    EXPECT_EQ(sent["Hard"].get<rlim_t>(), std::min(own.rlim_max, processes));
    EXPECT_EQ(sent["Soft"], sent["Hard"]);
}

TEST(container_spec, brings_a_seccomp_profile_where_it_has_one_and_the_engine_takes_it) {
    const auto options = [](const container_spec& of, bool podman = false) {
        return body_of(of, podman)["HostConfig"]["SecurityOpt"];
    };
    EXPECT_EQ(options(spec()).size(), 1U);
    auto with_profile = spec();
    with_profile.profile = {.list = call_list::brief, .inet = false};
    EXPECT_EQ(options(with_profile)[1], "seccomp=" + seccomp_profile(*with_profile.profile));
    EXPECT_EQ(options(with_profile, true).size(), 1U) << "Podman answers 500 to one";
}

TEST(container_spec, starts_an_entrypoint_without_the_command_of_the_image) {
    EXPECT_FALSE(body_of(spec()).contains("Entrypoint"));
    auto with_entrypoint = spec();
    with_entrypoint.entrypoint = {"/.code_runner", "--path", "/work"};
    const auto body = body_of(with_entrypoint);
    EXPECT_EQ(body["Entrypoint"], json::array({"/.code_runner", "--path", "/work"}));
    EXPECT_EQ(body["Cmd"], json::array());
}

TEST(container_spec, mounts_the_later_of_two_tmpfs_at_one_path) {
    auto same_path = spec();
    same_path.tmpfs = {{"/work", "size=1m"}, {"/work", "size=9m"}};
    EXPECT_EQ(body_of(same_path)["HostConfig"]["Tmpfs"]["/work"], "size=9m");
}

TEST(container_spec, names_a_runtime_only_where_the_operator_did) {
    EXPECT_FALSE(body_of(spec())["HostConfig"].contains("Runtime"));
    auto with_runtime = spec();
    with_runtime.host.runtime = "runsc";
    EXPECT_EQ(body_of(with_runtime)["HostConfig"]["Runtime"], "runsc");
}

TEST(container_spec, names_a_cgroup_parent_only_where_the_operator_did) {
    EXPECT_FALSE(body_of(spec())["HostConfig"].contains("CgroupParent"));
    auto with_parent = spec();
    with_parent.host.cgroup_parent = "/docker-run";
    EXPECT_EQ(body_of(with_parent)["HostConfig"]["CgroupParent"], "/docker-run");
}

TEST(container_spec, names_no_inodes_to_podman) {
    auto with_inodes = spec();
    with_inodes.tmpfs = {{"/tmp", "rw,size=1m,nr_inodes=256"}};
    EXPECT_EQ(body_of(with_inodes)["HostConfig"]["Tmpfs"]["/tmp"], "rw,size=1m,nr_inodes=256");
    EXPECT_EQ(body_of(with_inodes, true)["HostConfig"]["Tmpfs"]["/tmp"], "rw,size=1m");
}

TEST(container_spec, keeps_podman_from_adding_writable_folders) {
    auto read_only = spec();
    read_only.host.readonly_rootfs = true;
    read_only.tmpfs = {{"/tmp", "rw,size=1m"}};
    const auto tmpfs = body_of(read_only, true)["HostConfig"]["Tmpfs"];
    EXPECT_EQ(tmpfs["/tmp"], "rw,size=1m");
    EXPECT_EQ(tmpfs["/run"], "rw,noexec,nosuid,nodev,size=64k,mode=755");
    EXPECT_EQ(tmpfs["/var/tmp"], tmpfs["/run"]);
    EXPECT_FALSE(body_of(read_only)["HostConfig"]["Tmpfs"].contains("/run"));
}

} // namespace
} // namespace docker_run::docker
