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
    made.options.hostname = "glot";
    made.options.user = "glot";
    made.options.memory = 500'000'000;
    made.options.memory_swap = 500'000'000;
    made.options.pids_limit = 64;
    made.options.cpus = 1.5;
    made.options.nofile_soft = 90;
    made.options.nofile_hard = 100;
    made.options.nproc_hard = 10;
    made.options.cap_drop = {"ALL"};
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

// C12: engines before API version 1.44 would leave what is mounted below the source writable.
TEST(container_spec, mounts_paths_of_the_host_read_only_and_nothing_below_them) {
    EXPECT_FALSE(body_of(spec())["HostConfig"].contains("Mounts"));
    auto with_mount = spec();
    with_mount.options.mounts = {{"/opt/go", "/usr/go"}};
    const auto mounts = body_of(with_mount)["HostConfig"]["Mounts"];
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_EQ(mounts[0], json::parse(R"({"Type":"bind","Source":"/opt/go","Target":"/usr/go","ReadOnly":true,
                                         "BindOptions":{"Propagation":"rprivate","NonRecursive":true}})"));
}

TEST(container_spec, makes_the_runner_of_the_host_the_entrypoint_of_a_stock_image) {
    EXPECT_FALSE(body_of(spec()).contains("Entrypoint"));
    auto stock = spec();
    stock.options.runner = "/usr/lib/docker-run/code_runner";
    stock.options.work_dir = tmpfs_mount{"/work", "rw,size=1m"};
    stock.environment = {"A=b"};
    const auto body = body_of(stock);
    EXPECT_EQ(body["Entrypoint"], json::array({"/.code_runner", "--path", "/work"}));
    EXPECT_EQ(body["Cmd"], json::array());
    EXPECT_EQ(body["Env"], json::array({"A=b", "HOME=/work"}));
    EXPECT_EQ(body["HostConfig"]["Mounts"][0]["Source"], "/usr/lib/docker-run/code_runner");
    EXPECT_EQ(body["HostConfig"]["Mounts"][0]["Target"], "/.code_runner");
    EXPECT_EQ(body["HostConfig"]["Mounts"][0]["ReadOnly"], true);
}

TEST(container_spec, turns_the_network_off_with_both_switches) {
    const auto off = body_of(spec());
    EXPECT_EQ(off["NetworkDisabled"], true);
    EXPECT_EQ(off["HostConfig"]["NetworkMode"], "none");
    auto with_network = spec();
    with_network.options.network_disabled = false;
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

TEST(container_spec, brings_our_seccomp_profile_unless_the_operator_or_the_engine_wants_none) {
    const auto options = [](const container_spec& of, bool podman = false) {
        return body_of(of, podman)["HostConfig"]["SecurityOpt"];
    };
    auto wanted = spec();
    wanted.profile = {.list = call_list::brief, .inet = false};
    EXPECT_EQ(options(wanted)[1], "seccomp=" + seccomp_profile(wanted.profile));
    EXPECT_EQ(options(wanted, true).size(), 1U) << "Podman answers 500 to one";
    wanted.options.seccomp = seccomp_source::unenforced;
    EXPECT_EQ(options(wanted).size(), 2U);
    wanted.options.seccomp = seccomp_source::engine;
    EXPECT_EQ(options(wanted).size(), 1U);
}

TEST(container_spec, runs_as_the_user_that_is_its_own_where_it_has_one) {
    EXPECT_EQ(body_of(spec())["User"], "glot");
    auto with_user = spec();
    with_user.uid = 20'007;
    EXPECT_EQ(body_of(with_user)["User"], "20007:20007");
}

TEST(container_spec, C10_never_sends_nproc_to_docker_and_the_highest_that_podman_may_set) {
    EXPECT_TRUE(limit(body_of(spec()), "nproc").is_null());
    rlimit own{};
    ASSERT_EQ(::getrlimit(RLIMIT_NPROC, &own), 0);
    rlim_t processes = 0;
    std::ifstream("/proc/sys/kernel/pid_max") >> processes;
    const auto sent = limit(body_of(spec(), true), "nproc");
    EXPECT_EQ(sent["Hard"].get<rlim_t>(), std::min(own.rlim_max, processes));
    EXPECT_EQ(sent["Soft"], sent["Hard"]);
}

TEST(container_spec, names_a_runtime_only_where_the_operator_did) {
    EXPECT_FALSE(body_of(spec())["HostConfig"].contains("Runtime"));
    auto with_runtime = spec();
    with_runtime.options.runtime = "runsc";
    EXPECT_EQ(body_of(with_runtime)["HostConfig"]["Runtime"], "runsc");
}

TEST(container_spec, names_a_cgroup_parent_only_where_the_operator_did) {
    EXPECT_FALSE(body_of(spec())["HostConfig"].contains("CgroupParent"));
    auto with_parent = spec();
    with_parent.options.cgroup_parent = "/docker-run";
    EXPECT_EQ(body_of(with_parent)["HostConfig"]["CgroupParent"], "/docker-run");
}

TEST(container_spec, C12_makes_every_volume_a_sized_tmpfs) {
    auto with_volumes = spec();
    with_volumes.volumes = {"/data"};
    with_volumes.options.tmp_dir = tmpfs_mount{"/tmp", "rw,size=1m,mode=1777"};
    const auto tmpfs = body_of(with_volumes)["HostConfig"]["Tmpfs"];
    EXPECT_NE(tmpfs["/data"].get<std::string>().find("size="), std::string::npos);
    EXPECT_EQ(tmpfs["/tmp"], "rw,size=1m,mode=1777");
}

TEST(container_spec, D16_names_no_inodes_to_podman) {
    auto with_inodes = spec();
    with_inodes.options.tmp_dir = tmpfs_mount{"/tmp", "rw,size=1m,nr_inodes=256"};
    EXPECT_EQ(body_of(with_inodes)["HostConfig"]["Tmpfs"]["/tmp"], "rw,size=1m,nr_inodes=256");
    EXPECT_EQ(body_of(with_inodes, true)["HostConfig"]["Tmpfs"]["/tmp"], "rw,size=1m");
}

TEST(container_spec, D16_keeps_podman_from_adding_writable_folders) {
    auto read_only = spec();
    read_only.options.readonly_rootfs = true;
    read_only.options.tmp_dir = tmpfs_mount{"/tmp", "rw,size=1m"};
    const auto tmpfs = body_of(read_only, true)["HostConfig"]["Tmpfs"];
    EXPECT_EQ(tmpfs["/tmp"], "rw,size=1m");
    EXPECT_EQ(tmpfs["/run"], "rw,noexec,nosuid,nodev,size=64k,mode=755");
    EXPECT_EQ(tmpfs["/var/tmp"], tmpfs["/run"]);
    EXPECT_FALSE(body_of(read_only)["HostConfig"]["Tmpfs"].contains("/run"));
}

TEST(container_spec, an_operators_tmpfs_wins_over_the_volume_at_its_place) {
    auto same_place = spec();
    same_place.volumes = {"/home/glot"};
    same_place.options.work_dir = tmpfs_mount{"/home/glot", "rw,size=9m"};
    EXPECT_EQ(body_of(same_place)["HostConfig"]["Tmpfs"]["/home/glot"], "rw,size=9m");
}

TEST(container_spec, D3_limits_cpu_time_by_what_a_correct_program_can_use) {
    EXPECT_EQ(max_cpu_time(15s, 1), 16s);
    EXPECT_EQ(max_cpu_time(15s, 2), 31s);
    EXPECT_EQ(max_cpu_time(15s, 0.5), 9s);
    EXPECT_EQ(max_cpu_time(1s, 0.01), 2s);
}

} // namespace
} // namespace docker_run::docker
