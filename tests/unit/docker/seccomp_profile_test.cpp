#include "docker/seccomp_profile.hpp"
#include "docker/system_call_table.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <sstream>

namespace docker_run::docker {
namespace {

using nlohmann::json;

json parsed(profile_use use) {
    return json::parse(seccomp_profile(use));
}

/// The entries that name a call.
json entries_of(const json& profile, const std::string& call) {
    json found = json::array();
    for (const auto& entry : profile["syscalls"])
        for (const auto& name : entry["names"])
            if (name == call)
                found.push_back(entry);
    return found;
}

bool compares(const json& argument, std::uint64_t given) {
    const auto& how = argument["op"];
    const auto value = argument["value"].get<std::uint64_t>();
    if (how == "SCMP_CMP_EQ")
        return given == value;
    if (how == "SCMP_CMP_LT")
        return given < value;
    if (how == "SCMP_CMP_GE")
        return given >= value;
    if (how == "SCMP_CMP_GT")
        return given > value;
    return (given & value) == argument["valueTwo"].get<std::uint64_t>();
}

/// Whether a profile lets a call with these arguments pass, as libseccomp would: an entry counts where all
/// its comparisons hold.
bool passes(const json& profile, const std::string& call, std::vector<std::uint64_t> arguments = {}) {
    arguments.resize(6);
    for (const auto& entry : entries_of(profile, call)) {
        const auto holds = [&](const json& each) {
            return compares(each, arguments[each["index"].get<std::size_t>()]);
        };
        const auto checks = entry.value("args", json::array());
        if (std::all_of(checks.begin(), checks.end(), holds))
            return entry["action"] == "SCMP_ACT_ALLOW";
    }
    return profile["defaultAction"] == "SCMP_ACT_ALLOW";
}

const std::vector<profile_use>& all_uses() {
    static const std::vector<profile_use> uses = [] {
        std::vector<profile_use> all;
        for (const auto list : {call_list::complete, call_list::brief})
            for (const bool runner : {false, true})
                for (const bool inet : {false, true})
                    all.push_back({list, runner, inet});
        return all;
    }();
    return uses;
}

TEST(seccomp_profile, gives_a_reason_for_each_rule_and_names_each_call_by_one_answer) {
    std::set<std::string> names;
    for (const auto& rule : rules_by_name()) {
        EXPECT_FALSE(rule.reason.empty()) << rule.calls;
        std::istringstream words{std::string(rule.calls)};
        for (std::string name; words >> name;)
            EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
    }
    for (const auto& rule : rules_by_argument()) {
        EXPECT_FALSE(rule.reason.empty()) << rule.calls;
        EXPECT_FALSE(names.contains(std::string(rule.calls))) << rule.calls << " has an answer by name too";
    }
}

TEST(seccomp_profile, passes_what_programs_need) {
    for (const auto& use : all_uses()) {
        const auto profile = parsed(use);
        for (const char* call :
             {"read", "openat", "mmap", "fork", "execve", "futex", "ptrace", "epoll_wait", "kill"})
            EXPECT_TRUE(passes(profile, call)) << call;
        EXPECT_TRUE(passes(profile, "clone", {0x3d0f00})) << "a thread";
        EXPECT_TRUE(passes(profile, "personality", {0xffffffff}));
        EXPECT_TRUE(passes(profile, "prctl", {15})) << "PR_SET_NAME";
        EXPECT_TRUE(passes(profile, "socket", {1, 0x80001, 0}));
        EXPECT_TRUE(passes(profile, "socketpair", {1, 2, 0}));
        for (const std::uint64_t option : {2U, 9U, 60U, 63U, 66U, 67U})
            EXPECT_TRUE(passes(profile, "setsockopt", {3, 1, option})) << option;
    }
}

TEST(seccomp_profile, refuses_what_leads_out_or_stops_the_host) {
    for (const auto& use : all_uses()) {
        const auto profile = parsed(use);
        for (const char* call : {"unshare",
                                 "setns",
                                 "mount",
                                 "bpf",
                                 "keyctl",
                                 "add_key",
                                 "perf_event_open",
                                 "io_uring_setup",
                                 "io_setup",
                                 "userfaultfd",
                                 "open_by_handle_at",
                                 "name_to_handle_at",
                                 "fanotify_init",
                                 "init_module",
                                 "kexec_load",
                                 "reboot",
                                 "settimeofday",
                                 "chroot",
                                 "move_pages",
                                 "clone3",
                                 "socketcall"})
            EXPECT_FALSE(passes(profile, call)) << call;
        for (const unsigned bit : {7U, 17U, 25U, 26U, 27U, 28U, 29U, 30U})
            EXPECT_FALSE(passes(profile, "clone", {std::uint64_t{1} << bit | 17})) << bit;
        for (const std::uint64_t option : {26U, 50U, 51U, 52U})
            EXPECT_FALSE(passes(profile, "setsockopt", {3, 1, option})) << option;
        for (const std::uint64_t option : {14U, 32U, 38U, 39U, 40U})
            EXPECT_FALSE(passes(profile, "setsockopt", {3, 6, option})) << option;
        EXPECT_FALSE(passes(profile, "setsockopt", {3, 41, 32})) << "flow labels";
    }
}

TEST(seccomp_profile, opens_three_families_of_sockets_and_of_the_internet_tcp_and_udp_only) {
    for (auto use : all_uses()) {
        const auto profile = parsed(use);
        for (std::uint64_t family = 0; family < 64; ++family) {
            const bool internet = family == 2 || family == 10;
            EXPECT_EQ(passes(profile, "socket", {family, 1, 0}), family == 1 || (internet && use.inet))
                << family;
            EXPECT_EQ(passes(profile, "socketpair", {family, 1, 0}), family == 1) << family;
            if (!internet)
                continue;
            for (std::uint64_t type = 0; type < 16; ++type)
                EXPECT_EQ(passes(profile, "socket", {family, type | 0x80800, 0}),
                          use.inet && (type == 1 || type == 2))
                    << type;
            for (const std::uint64_t protocol : {1U, 2U, 3U, 7U, 8U, 15U, 16U, 18U, 132U, 255U, 262U})
                for (const std::uint64_t type : {1U, 2U})
                    EXPECT_FALSE(passes(profile, "socket", {family, type, protocol})) << protocol;
        }
    }
}

TEST(seccomp_profile, is_not_passed_by_numbers_whose_upper_half_the_kernel_does_not_read) {
    constexpr std::uint64_t above = 1ULL << 32;
    for (const auto& use : all_uses()) {
        const auto profile = parsed(use);
        for (const std::uint64_t family : {16U, 17U, 38U, 40U})
            EXPECT_FALSE(passes(profile, "socket", {above | family, 3, 0})) << family;
        EXPECT_FALSE(passes(profile, "setsockopt", {3, above | 1, 26}));
        EXPECT_FALSE(passes(profile, "setsockopt", {3, 1, above | 26}));
        EXPECT_FALSE(passes(profile, "setsockopt", {3, 6, above | 14}));
    }
}

TEST(seccomp_profile, leaves_filters_of_its_own_to_code_runner_alone) {
    const auto foreign = parsed({.list = call_list::complete, .code_runner = false});
    EXPECT_FALSE(passes(foreign, "seccomp", {1}));
    EXPECT_FALSE(passes(foreign, "prctl", {22, 2}));
    EXPECT_FALSE(passes(foreign, "prctl", {(1ULL << 32) | 22, 2}));
    for (const auto list : {call_list::complete, call_list::brief}) {
        const auto runner = parsed({.list = list, .code_runner = true});
        EXPECT_TRUE(passes(runner, "seccomp", {1}));
        EXPECT_TRUE(passes(runner, "prctl", {22, 2}));
    }
}

TEST(seccomp_profile, refuses_a_call_that_nobody_has_read_where_the_image_filters_nothing_itself) {
    EXPECT_FALSE(passes(parsed({.list = call_list::complete}), "a_call_of_tomorrow"));
    EXPECT_TRUE(passes(parsed({.list = call_list::brief}), "a_call_of_tomorrow"))
        << "code_runner's filter does";
}

TEST(seccomp_profile, says_nothing_that_is_its_default) {
    for (const auto& use : all_uses()) {
        const auto profile = parsed(use);
        for (const auto& entry : profile["syscalls"])
            EXPECT_TRUE(entry["action"] != profile["defaultAction"] || entry.contains("errnoRet")) << entry;
    }
    EXPECT_LT(seccomp_profile({.list = call_list::brief}).size(), 11'000U);
    EXPECT_LT(seccomp_profile({}).size(), 20'000U);
}

} // namespace
} // namespace docker_run::docker
