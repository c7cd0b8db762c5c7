#include "docker/engine_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run::docker {
namespace {

const std::string id(64, 'a');

TEST(engine_json, takes_a_create_answer_whose_warnings_are_null) {
    const auto created = parse_created(R"({"Id":")" + id + R"(","Warnings":null})");
    EXPECT_EQ(created.id, id);
    EXPECT_TRUE(created.warnings.empty());
    EXPECT_EQ(parse_created(R"({"Id":")" + id + R"(","Warnings":["no swap"]})").warnings,
              std::vector<std::string>{"no swap"});
}

TEST(engine_json, refuses_an_id_that_could_be_anything_else) {
    for (const std::string& bad : {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'),
                                   std::string(63, 'a') + "/", std::string()})
        EXPECT_THROW(parse_created(R"({"Id":")" + bad + R"("})"), engine_error) << bad;
}

TEST(engine_json, refuses_nonsense) {
    for (const char* body :
         {"", "{", "null", "[]", "1", "\"x\"", "{}", R"({"Id":null})", R"({"Id":1})", "\xff"}) {
        EXPECT_THROW(parse_created(body), engine_error) << body;
        EXPECT_THROW(parse_container_state(body), engine_error) << body;
        EXPECT_THROW(parse_image(body), engine_error) << body;
    }
    for (const char* body : {"", "{}", "null", R"([{}])", R"([1])"})
        EXPECT_THROW(parse_container_list(body), engine_error) << body;
}

TEST(engine_json, reads_how_a_container_ended) {
    const auto state = parse_container_state(
        R"({"State":{"Status":"exited","ExitCode":137,"OOMKilled":true,"FinishedAt":"1970-01-01T00:00:01.5Z"}})");
    EXPECT_EQ(state.now, container_state::phase::exited);
    EXPECT_EQ(state.exit_code, 137);
    EXPECT_TRUE(state.oom_killed);
    EXPECT_EQ(state.finished_at, std::chrono::system_clock::time_point(std::chrono::milliseconds(1500)));
}

TEST(engine_json, reads_no_time_where_there_is_none_in_utc) {
    for (const char* text :
         {"0001-01-01T00:00:00Z", "", "yesterday", "2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00"}) {
        const std::string body =
            R"({"State":{"Status":"exited","FinishedAt":")" + std::string(text) + R"("}})";
        EXPECT_FALSE(parse_container_state(body).finished_at) << text;
    }
}

TEST(engine_json, knows_the_phases_in_the_words_of_both_engines) {
    using phase = container_state::phase;
    const std::pair<const char*, phase> cases[] = {
        {"created", phase::created}, {"configured", phase::created}, {"initialized", phase::created},
        {"running", phase::running}, {"paused", phase::running},     {"exited", phase::exited},
        {"dead", phase::exited},     {"removing", phase::exited}};
    for (const auto& [word, expected] : cases)
        EXPECT_EQ(parse_container_state(R"({"State":{"Status":")" + std::string(word) + R"("}})").now,
                  expected)
            << word;
}

TEST(engine_json, takes_a_version_that_leaves_fields_out) {
    const auto version = parse_version(R"({"Version":"4.3.1","Components":[{"Name":"Podman Engine"}]})");
    EXPECT_EQ(version.version, "4.3.1");
    EXPECT_FALSE(version.platform_name);
    ASSERT_EQ(version.components.size(), 1U);
    EXPECT_FALSE(version.components[0].version);
}

TEST(engine_json, reads_what_an_engine_can_enforce) {
    const auto able = parse_info(R"({"ServerVersion":"20.10.24","MemoryLimit":true,"SwapLimit":true,
        "PidsLimit":true,"CpuCfsPeriod":true,"CpuCfsQuota":true,"Runtimes":{"crun":{},"runc":{}},
        "DefaultRuntime":"runc","CgroupDriver":"systemd","CgroupVersion":"2",
        "SecurityOptions":["name=apparmor","name=seccomp,profile=default"]})");
    EXPECT_TRUE(able.memory_limit && able.swap_limit && able.pids_limit && able.cpu_quota && able.seccomp);
    EXPECT_EQ(able.runtimes, (std::vector<std::string>{"crun", "runc"}));
    EXPECT_EQ(able.cgroup_driver, "systemd");
    const auto without = parse_info(R"({"CpuCfsQuota":true,"Runtimes":null,"SecurityOptions":null})");
    EXPECT_FALSE(without.memory_limit || without.swap_limit || without.pids_limit || without.cpu_quota);
    EXPECT_FALSE(without.seccomp);
    const auto unconfined =
        parse_info(R"({"SecurityOptions":["name=seccomp,profile=unconfined","name=userns"]})");
    EXPECT_FALSE(unconfined.seccomp);
    EXPECT_TRUE(unconfined.takes_profiles && unconfined.user_namespaces);
    EXPECT_FALSE(without.takes_profiles || without.user_namespaces);
}

TEST(engine_json, reads_an_image_without_volumes_and_labels) {
    const auto image = parse_image(R"({"Id":"sha256:1","Config":{"Volumes":null,"Labels":null}})");
    EXPECT_TRUE(image.volumes.empty());
    EXPECT_EQ(parse_image(R"({"Id":"sha256:1","Config":{"Volumes":{"/data":{}}}})").volumes,
              std::vector<std::string>{"/data"});
}

TEST(engine_json, reads_what_an_image_is_called) {
    const auto image =
        parse_image(R"({"Id":"sha256:1","RepoTags":["a:b","c:d"],"RepoDigests":["a@sha256:2"]})");
    EXPECT_EQ(image.repository_tags, (std::vector<std::string>{"a:b", "c:d"}));
    EXPECT_EQ(image.repository_digests, std::vector<std::string>{"a@sha256:2"});
    EXPECT_TRUE(parse_image(R"({"Id":"sha256:1","RepoTags":null})").repository_tags.empty());
}

TEST(engine_json, lists_containers_by_name_without_the_slash) {
    const auto found = parse_container_list(R"([{"Id":")" + id + R"(","Names":["/x"],"Labels":{"a":"b"}}])");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].name, "x");
    EXPECT_EQ(found[0].labels.at("a"), "b");
}

TEST(engine_json, lists_how_containers_are_in_dockers_words_and_podmans) {
    using enum container_state::phase;
    const auto listed = [](const std::string& state) {
        const auto found = parse_container_list(R"([{"Id":")" + id + R"(","Names":["/x"])" + state + "}]");
        return found.at(0).now;
    };
    for (const char* word : {"created", "configured", "initialized"})
        EXPECT_EQ(listed(R"(,"State":")" + std::string(word) + '"'), created) << word;
    for (const char* word : {"exited", "dead", "stopped"})
        EXPECT_EQ(listed(R"(,"State":")" + std::string(word) + '"'), exited) << word;
    for (const char* word : {"running", "paused", "restarting", "stopping", "removing", "", "what?"})
        EXPECT_EQ(listed(R"(,"State":")" + std::string(word) + '"'), running) << word;
    EXPECT_EQ(listed(""), running) << "what is not known is left alone";
    EXPECT_EQ(listed(R"(,"State":null)"), running);
}

TEST(engine_json, encodes_everything_that_is_not_plain) {
    EXPECT_EQ(percent_encoded("docker-run/a_b.c~1"), "docker-run/a_b.c~1");
    EXPECT_EQ(percent_encoded("a b?c#d%\r\n:@"), "a%20b%3Fc%23d%25%0D%0A%3A%40");
}

} // namespace
} // namespace docker_run::docker
