#include "settings/settings.hpp"
#include "settings/settings_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(settings_test, start_from_a_configuration_of_the_predecessor) {
    const auto settings = settings_from(required_variables());
    EXPECT_EQ(settings.server.listen_address, "127.0.0.1");
    EXPECT_EQ(settings.server.listen_port, 8088);
    EXPECT_EQ(settings.daemon.worker_threads, 10U);
    ASSERT_EQ(settings.api.access_tokens.size(), 1U);
    EXPECT_EQ(settings.api.access_tokens[0].text, "some-secret-token");
    EXPECT_EQ(*settings.api.access_tokens[0].owner, caller());
    EXPECT_EQ(settings.engine.socket_path, "/var/run/docker.sock");
    EXPECT_EQ(settings.engine.read_timeout, std::chrono::seconds(3));
    EXPECT_EQ(settings.engine.write_timeout, std::chrono::seconds(4));
    EXPECT_EQ(settings.container.hostname, "glot");
    EXPECT_EQ(settings.container.user, "glot");
    EXPECT_EQ(settings.container.memory, 1'000'000'000);
    EXPECT_TRUE(settings.container.network_disabled);
    EXPECT_EQ(settings.container.nofile_soft, 90);
    EXPECT_EQ(settings.container.nofile_hard, 100);
    EXPECT_EQ(settings.container.nproc_soft, 91);
    EXPECT_EQ(settings.container.nproc_hard, 101);
    EXPECT_THAT(settings.container.cap_drop, IsEmpty());
    EXPECT_EQ(settings.run.max_execution_time, std::chrono::seconds(15));
    EXPECT_EQ(settings.run.max_output_size, 100'000U);
}

TEST(settings_test, derive_what_is_not_set_from_what_is) {
    const auto settings = settings_from(required_variables());
    EXPECT_EQ(settings.container.pids_limit, 101);
    EXPECT_EQ(settings.container.memory_swap, 1'000'000'000);
    EXPECT_EQ(settings.container.cpus, 2);
    EXPECT_EQ(settings.container.runtime, "");
    EXPECT_FALSE(settings.container.readonly_rootfs);
    EXPECT_EQ(settings.container.tmp_dir, std::nullopt);
    EXPECT_EQ(settings.container.work_dir, std::nullopt);
    EXPECT_EQ(settings.run.queue_size, 40U);
    EXPECT_EQ(settings.run.queue_timeout, std::chrono::seconds(10));
    EXPECT_EQ(settings.daemon.stop_timeout, std::chrono::seconds(30));
    EXPECT_FALSE(settings.server.reuse_port);
    EXPECT_FALSE(settings.daemon.realtime);
    EXPECT_EQ(settings.server.max_body_size, 2'097'152U);
    EXPECT_GE(settings.server.idle_timeout, std::chrono::seconds(120));
    EXPECT_TRUE(settings.pool.enabled);
    EXPECT_EQ(settings.pool.max_per_image, config{}.pool.max_per_image);
}

TEST(settings_test, clamp_their_own_defaults_to_what_there_is) {
    auto parsed = parse_settings(with({{"POOL_MAX_TOTAL", "3"}}), 1);
    ASSERT_TRUE(std::holds_alternative<config>(parsed.result));
    EXPECT_EQ(std::get<config>(parsed.result).container.cpus, 1);
    EXPECT_EQ(std::get<config>(parsed.result).pool.max_per_image, 3U);
}

TEST(settings_test, take_the_state_directory_that_the_service_manager_hands_over) {
    const auto directory = [](const environment& more) {
        return settings_from(with(more)).daemon.state_directory;
    };
    EXPECT_EQ(directory({}), "");
    EXPECT_EQ(directory({{"STATE_DIRECTORY", "/var/lib/a"}}), "/var/lib/a");
    EXPECT_EQ(directory({{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}}), "/var/lib/a");
    EXPECT_EQ(directory({{"STATE_DIRECTORY", "/var/lib/a"}, {"SERVER_STATE_DIRECTORY", "/mine"}}), "/mine");
    for (const char* odd : {"", ":", "relative", ":/var/lib/b"})
        EXPECT_EQ(directory({{"STATE_DIRECTORY", odd}}), "") << odd;
}

TEST(settings_test, read_every_optional_variable) {
    const auto settings = settings_from(with({
        {"SERVER_REUSE_PORT", "yes"},
        {"SERVER_REALTIME", "on"},
        {"SERVER_MAX_CONNECTIONS", "11"},
        {"SERVER_TRUSTED_PROXIES", "192.0.2.1 2001:db8::/32"},
        {"SERVER_MAX_BODY_SIZE", "12"},
        {"SERVER_HEADER_TIMEOUT", "13"},
        {"SERVER_BODY_TIMEOUT", "14"},
        {"SERVER_WRITE_TIMEOUT", "15"},
        {"SERVER_IDLE_TIMEOUT", "16"},
        {"SERVER_DRAIN_DELAY", "17"},
        {"SERVER_STOP_TIMEOUT", "21"},
        {"SERVER_STATE_DIRECTORY", "/var/lib/docker-run"},
        {"DOCKER_CONTAINER_MEMORY_SWAP", "2000000000"},
        {"DOCKER_CONTAINER_PIDS_LIMIT", "22"},
        {"DOCKER_CONTAINER_CPUS", "1.5"},
        {"DOCKER_CONTAINER_RUNTIME", "runsc"},
        {"DOCKER_CONTAINER_CAP_DROP", " ALL  CAP_net_raw "},
        {"DOCKER_CONTAINER_CAP_ADD", "CHOWN"},
        {"DOCKER_CONTAINER_READONLY_ROOTFS", "on"},
        {"DEBUG_KEEP_CONTAINER", "0"},
        {"RUN_QUEUE_SIZE", "0"},
        {"RUN_QUEUE_TIMEOUT", "23"},
        {"RUN_INTERACTIVE_MAX", "29"},
        {"RUN_INTERACTIVE_TIME", "30"},
        {"RUN_INTERACTIVE_IDLE_TIME", "31"},
        {"API_ALLOWED_ORIGINS", "https://example.com http://localhost:8080"},
        {"POOL_ENABLED", "no"},
        {"POOL_MAX_PER_IMAGE", "24"},
        {"POOL_MAX_TOTAL", "25"},
        {"POOL_MEMORY_BUDGET", "26000000"},
        {"POOL_IDLE_TIME", "27"},
        {"POOL_MAX_AGE", "28"},
        {"POOL_PREWARM", "docker-run/python docker-run/c:latest"},
        {"POOL_PRESTART", "false"},
        {"LOG_LEVEL", "debug"},
        {"LOG_FORMAT", "json"},
    }));
    EXPECT_TRUE(settings.server.reuse_port);
    EXPECT_TRUE(settings.daemon.realtime);
    EXPECT_EQ(settings.server.max_connections, 11U);
    EXPECT_THAT(settings.server.trusted_proxies, ElementsAre("192.0.2.1", "2001:db8::/32"));
    EXPECT_EQ(settings.server.max_body_size, 12U);
    EXPECT_EQ(settings.server.header_timeout, std::chrono::seconds(13));
    EXPECT_EQ(settings.server.body_timeout, std::chrono::seconds(14));
    EXPECT_EQ(settings.server.write_timeout, std::chrono::seconds(15));
    EXPECT_EQ(settings.server.idle_timeout, std::chrono::seconds(16));
    EXPECT_EQ(settings.daemon.drain_delay, std::chrono::seconds(17));
    EXPECT_EQ(settings.daemon.stop_timeout, std::chrono::seconds(21));
    EXPECT_EQ(settings.daemon.state_directory, "/var/lib/docker-run");
    EXPECT_EQ(settings.container.memory_swap, 2'000'000'000);
    EXPECT_EQ(settings.container.pids_limit, 22);
    EXPECT_EQ(settings.container.cpus, 1.5);
    EXPECT_EQ(settings.container.runtime, "runsc");
    EXPECT_THAT(settings.container.cap_drop, ElementsAre("ALL", "CAP_net_raw"));
    EXPECT_THAT(settings.container.cap_add, ElementsAre("CHOWN"));
    EXPECT_TRUE(settings.container.readonly_rootfs);
    EXPECT_FALSE(settings.container.debug_keep);
    EXPECT_EQ(settings.run.queue_size, 0U);
    EXPECT_EQ(settings.run.queue_timeout, std::chrono::seconds(23));
    EXPECT_EQ(settings.run.interactive_max, 29U);
    EXPECT_EQ(settings.run.interactive.time, std::chrono::seconds(30));
    EXPECT_EQ(settings.run.interactive.idle_time, std::chrono::seconds(31));
    EXPECT_THAT(settings.api.allowed_origins, ElementsAre("https://example.com", "http://localhost:8080"));
    EXPECT_FALSE(settings.pool.enabled);
    EXPECT_EQ(settings.pool.max_per_image, 24U);
    EXPECT_EQ(settings.pool.max_total, 25U);
    EXPECT_EQ(settings.pool.memory_budget, 26'000'000);
    EXPECT_EQ(settings.pool.idle_time, std::chrono::seconds(27));
    EXPECT_EQ(settings.pool.max_age, std::chrono::seconds(28));
    EXPECT_THAT(settings.pool.prewarm, ElementsAre("docker-run/python", "docker-run/c:latest"));
    EXPECT_FALSE(settings.pool.prestart);
    EXPECT_EQ(settings.log.level, log_level::debug);
    EXPECT_EQ(settings.log.format, log_format::json);
}

TEST(settings_test, give_a_tmpfs_a_mode_unless_its_options_name_an_owner_or_mode) {
    struct {
        std::string options;
        std::string mounted;
    } const cases[] = {
        {"", "rw,noexec,nosuid,size=65536k,mode=1777,nr_inodes=16384"}, // empty is unset
        {"rw,size=1m", "rw,size=1m,mode=1777,nr_inodes=256"},
        {"mode=0700", "mode=0700"},
        {"rw,uid=1000", "rw,uid=1000"},
        {"gid=1,rw", "gid=1,rw"},
        {"rw,nomode=1", "rw,nomode=1,mode=1777"},
    };
    for (const auto& [options, mounted] : cases) {
        const auto settings = settings_from(
            with({{"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}, {"DOCKER_CONTAINER_TMP_DIR_OPTIONS", options}}));
        EXPECT_EQ(settings.container.tmp_dir, (docker::tmpfs_mount{"/tmp", mounted}));
    }
    EXPECT_EQ(settings_from(with({{"DOCKER_CONTAINER_WORK_DIR_PATH", "/home/glot"}})).container.work_dir,
              (docker::tmpfs_mount{"/home/glot", "rw,exec,nosuid,size=131072k,mode=1777,nr_inodes=32768"}));
}

TEST(settings_test, turn_the_pool_off_where_containers_are_kept) {
    const auto variables = with({{"DEBUG_KEEP_CONTAINER", "true"}, {"POOL_ENABLED", "true"}});
    EXPECT_FALSE(settings_from(variables).pool.enabled);
    EXPECT_THAT(parse_settings(variables, host_cpus).warnings, Contains(HasSubstr("DEBUG_KEEP_CONTAINER")));
}

} // namespace
} // namespace docker_run
