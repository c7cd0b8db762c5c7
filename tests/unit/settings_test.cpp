#include "settings.hpp"
#include "settings_table.hpp"
#include "temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace docker_run {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr unsigned host_cpus = 4;

// What the predecessor cannot start without.
environment required_variables() {
    return {
        {"SERVER_LISTEN_ADDR", "127.0.0.1"},
        {"SERVER_LISTEN_PORT", "8088"},
        {"SERVER_WORKER_THREADS", "10"},
        {"API_ACCESS_TOKEN", "some-secret-token"},
        {"DOCKER_UNIX_SOCKET_PATH", "/var/run/docker.sock"},
        {"DOCKER_UNIX_SOCKET_READ_TIMEOUT", "3"},
        {"DOCKER_UNIX_SOCKET_WRITE_TIMEOUT", "4"},
        {"DOCKER_CONTAINER_HOSTNAME", "glot"},
        {"DOCKER_CONTAINER_USER", "glot"},
        {"DOCKER_CONTAINER_MEMORY", "1000000000"},
        {"DOCKER_CONTAINER_NETWORK_DISABLED", "true"},
        {"DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT", "90"},
        {"DOCKER_CONTAINER_ULIMIT_NOFILE_HARD", "100"},
        {"DOCKER_CONTAINER_ULIMIT_NPROC_SOFT", "91"},
        {"DOCKER_CONTAINER_ULIMIT_NPROC_HARD", "101"},
        {"RUN_MAX_EXECUTION_TIME", "15"},
        {"RUN_MAX_OUTPUT_SIZE", "100000"},
    };
}

environment with(const environment& changes) {
    environment variables = required_variables();
    for (const auto& [name, value] : changes)
        variables[name] = value;
    return variables;
}

std::vector<std::string> faults_of(const environment& variables) {
    const auto parsed = parse_settings(variables, host_cpus);
    std::vector<std::string> sentences;
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&parsed.result))
        std::transform(faults->begin(), faults->end(), std::back_inserter(sentences),
                       [](const setting_fault& fault) { return to_string(fault); });
    return sentences;
}

std::vector<std::string> faulty_variables(const environment& variables) {
    const auto parsed = parse_settings(variables, host_cpus);
    std::vector<std::string> names;
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&parsed.result))
        std::transform(faults->begin(), faults->end(), std::back_inserter(names),
                       [](const setting_fault& fault) { return fault.variable; });
    return names;
}

config settings_from(const environment& variables) {
    auto parsed = parse_settings(variables, host_cpus);
    EXPECT_THAT(faults_of(variables), IsEmpty());
    auto* values = std::get_if<config>(&parsed.result);
    return values != nullptr ? *values : config{};
}

TEST(settings_test, start_from_a_configuration_of_the_predecessor) {
    const auto settings = settings_from(required_variables());
    EXPECT_EQ(settings.server.listen_address, "127.0.0.1");
    EXPECT_EQ(settings.server.listen_port, 8088);
    EXPECT_EQ(settings.server.worker_threads, 10U);
    EXPECT_THAT(settings.api.access_tokens, ElementsAre("some-secret-token"));
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
    EXPECT_EQ(settings.server.stop_timeout, std::chrono::seconds(30));
    EXPECT_FALSE(settings.server.reuse_port);
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

TEST(settings_test, read_every_optional_variable) {
    const auto settings = settings_from(with({
        {"SERVER_REUSE_PORT", "yes"},
        {"SERVER_MAX_CONNECTIONS", "11"},
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
    EXPECT_EQ(settings.server.max_connections, 11U);
    EXPECT_EQ(settings.server.max_body_size, 12U);
    EXPECT_EQ(settings.server.header_timeout, std::chrono::seconds(13));
    EXPECT_EQ(settings.server.body_timeout, std::chrono::seconds(14));
    EXPECT_EQ(settings.server.write_timeout, std::chrono::seconds(15));
    EXPECT_EQ(settings.server.idle_timeout, std::chrono::seconds(16));
    EXPECT_EQ(settings.server.drain_delay, std::chrono::seconds(17));
    EXPECT_EQ(settings.server.stop_timeout, std::chrono::seconds(21));
    EXPECT_EQ(settings.server.state_directory, "/var/lib/docker-run");
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
        {"", "rw,noexec,nosuid,size=65536k,mode=1777"}, // empty is unset
        {"rw,size=1m", "rw,size=1m,mode=1777"},
        {"mode=0700", "mode=0700"},
        {"rw,uid=1000", "rw,uid=1000"},
        {"gid=1,rw", "gid=1,rw"},
        {"rw,nomode=1", "rw,nomode=1,mode=1777"},
    };
    for (const auto& [options, mounted] : cases) {
        const auto settings = settings_from(
            with({{"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}, {"DOCKER_CONTAINER_TMP_DIR_OPTIONS", options}}));
        EXPECT_EQ(settings.container.tmp_dir, (tmpfs_mount{"/tmp", mounted}));
    }
    EXPECT_EQ(settings_from(with({{"DOCKER_CONTAINER_WORK_DIR_PATH", "/home/glot"}})).container.work_dir,
              (tmpfs_mount{"/home/glot", "rw,exec,nosuid,size=131072k,mode=1777"}));
}

TEST(settings_test, turn_the_pool_off_where_containers_are_kept) {
    const auto variables = with({{"DEBUG_KEEP_CONTAINER", "true"}, {"POOL_ENABLED", "true"}});
    EXPECT_FALSE(settings_from(variables).pool.enabled);
    EXPECT_THAT(parse_settings(variables, host_cpus).warnings, Contains(HasSubstr("DEBUG_KEEP_CONTAINER")));
}

// F3
TEST(settings_test, list_every_variable_that_is_missing_at_once) {
    auto expected = required_variables();
    std::vector<std::string> names;
    for (const auto& row : settings_table()) {
        if (row.required || row.name == "API_ACCESS_TOKEN")
            names.emplace_back(row.name);
    }
    auto missing = faulty_variables({});
    std::sort(missing.begin(), missing.end());
    std::sort(names.begin(), names.end());
    EXPECT_EQ(missing, names);
    EXPECT_EQ(missing.size(), expected.size());
}

// F3
TEST(settings_test, name_each_required_variable_that_is_missing_or_empty) {
    for (const auto& [name, value] : required_variables()) {
        auto missing = required_variables();
        missing.erase(name);
        EXPECT_THAT(faulty_variables(missing), ElementsAre(name));
        EXPECT_THAT(faulty_variables(with({{name, ""}})), ElementsAre(name));
    }
}

// F3
TEST(settings_test, take_an_empty_optional_variable_for_unset) {
    for (const auto& row : settings_table()) {
        if (row.required || row.secret)
            continue;
        EXPECT_THAT(faults_of(with({{std::string(row.name), ""}})), IsEmpty()) << row.name;
    }
}

// F3
TEST(settings_test, refuse_white_space_and_control_characters_in_every_variable) {
    for (const auto& row : settings_table()) {
        for (const std::string garbage : {"gar\tbage", " :1", ":1 ", "\n", "a\x1b[31m"}) {
            const std::string name(row.name);
            EXPECT_THAT(faulty_variables(with({{name, garbage}})), Contains(name)) << name << "=" << garbage;
        }
    }
}

// F3: a list may well be two words, which are then judged one by one.
TEST(settings_test, refuse_text_and_overflow_and_signs_in_every_number) {
    for (const auto& row : settings_table()) {
        if (row.target.type != "integer" && row.target.type != "number")
            continue;
        for (const std::string garbage :
             {"x", "-1", "+1", "0x10", "1e3", "1,5", "1 2", "--1", "inf", "nan", "10s", "\"10\"",
              "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999"}) {
            const std::string name(row.name);
            EXPECT_THAT(faulty_variables(with({{name, garbage}})), Contains(name)) << name << "=" << garbage;
        }
    }
}

// F3
TEST(settings_test, hold_the_range_of_every_number_and_not_one_past_it) {
    for (const auto& row : settings_table()) {
        if (row.target.type != "integer")
            continue;
        const auto accepts = [&row](double value) {
            settings_draft draft;
            return row.target.read(draft, row, std::to_string(static_cast<std::int64_t>(value)));
        };
        EXPECT_TRUE(accepts(row.range.minimum)) << row.name;
        EXPECT_FALSE(accepts(row.range.minimum - 1)) << row.name;
        if (row.range.maximum < 1e15) {
            EXPECT_TRUE(accepts(row.range.maximum)) << row.name;
            EXPECT_FALSE(accepts(row.range.maximum + 1)) << row.name;
        }
    }
}

// F3
TEST(settings_test, take_eight_words_for_a_boolean_and_no_other) {
    for (const auto& row : settings_table()) {
        if (row.target.type != "boolean")
            continue;
        const std::string name(row.name);
        for (const std::string word : {"true", "false", "1", "0", "yes", "no", "on", "off"})
            EXPECT_THAT(faults_of(with({{name, word}})), IsEmpty()) << name << "=" << word;
        for (const std::string word : {"True", "FALSE", "2", "y", "enabled", "tru", "truee", "00"})
            EXPECT_THAT(faulty_variables(with({{name, word}})), ElementsAre(name)) << name << "=" << word;
    }
}

// F3
TEST(settings_test, say_the_rule_and_what_was_found) {
    struct {
        std::string name;
        std::string value;
        std::string fault;
    } const cases[] = {
        {"SERVER_LISTEN_PORT", "65536",
         "SERVER_LISTEN_PORT must be an integer from 1 to 65535, found \"65536\""},
        {"SERVER_WORKER_THREADS", "0",
         "SERVER_WORKER_THREADS must be an integer from 1 to 1024, found \"0\""},
        {"SERVER_LISTEN_ADDR", "a b",
         "SERVER_LISTEN_ADDR must be an IP address or a host name, found \"a b\""},
        {"DOCKER_CONTAINER_MEMORY", "6291455",
         "DOCKER_CONTAINER_MEMORY must be an integer of at least 6291456, found \"6291455\""},
        {"DOCKER_CONTAINER_NETWORK_DISABLED", "True",
         "DOCKER_CONTAINER_NETWORK_DISABLED must be true, false, 1, 0, yes, no, on or off, found \"True\""},
        {"RUN_MAX_EXECUTION_TIME", "",
         "RUN_MAX_EXECUTION_TIME must be an integer from 1 to 86400, found an empty value"},
        {"DOCKER_CONTAINER_CPUS", "0.009",
         "DOCKER_CONTAINER_CPUS must be a number from 0.01 to 1024, found \"0.009\""},
        {"DOCKER_CONTAINER_CPUS", "4.01",
         "DOCKER_CONTAINER_CPUS must be at most what the host has, 4, found 4.01"},
        {"DOCKER_CONTAINER_CAP_DROP", "ALL,NET_RAW",
         "DOCKER_CONTAINER_CAP_DROP must be a list, separated by spaces, each item a capability's name such "
         "as "
         "NET_RAW, or ALL, found \"ALL,NET_RAW\""},
        {"LOG_LEVEL", "INFO", "LOG_LEVEL must be one of debug, info, warning, error, found \"INFO\""},
        {"POOL_PREWARM", "a B",
         "POOL_PREWARM must be a list, separated by spaces, each item a valid image name, found \"a B\""},
        {"API_ACCESS_TOKEN_FILE", "token", "API_ACCESS_TOKEN_FILE must be an absolute path, found \"token\""},
    };
    for (const auto& [name, value, fault] : cases)
        EXPECT_THAT(faults_of(with({{name, value}})), ElementsAre(fault));
}

TEST(settings_test, check_what_variables_mean_together) {
    struct {
        environment allowed;
        environment refused;
        std::string fault;
    } const cases[] = {
        {{{"DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT", "100"}},
         {{"DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT", "101"}},
         "DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT must be at most DOCKER_CONTAINER_ULIMIT_NOFILE_HARD, 100, "
         "found 101"},
        {{{"DOCKER_CONTAINER_ULIMIT_NPROC_SOFT", "101"}},
         {{"DOCKER_CONTAINER_ULIMIT_NPROC_SOFT", "102"}},
         "DOCKER_CONTAINER_ULIMIT_NPROC_SOFT must be at most DOCKER_CONTAINER_ULIMIT_NPROC_HARD, 101, found "
         "102"},
        {{{"DOCKER_CONTAINER_MEMORY_SWAP", "1000000000"}},
         {{"DOCKER_CONTAINER_MEMORY_SWAP", "999999999"}},
         "DOCKER_CONTAINER_MEMORY_SWAP must be at least DOCKER_CONTAINER_MEMORY, 1000000000, found "
         "999999999"},
        {{{"DOCKER_CONTAINER_CPUS", "4"}},
         {{"DOCKER_CONTAINER_CPUS", "4.1"}},
         "DOCKER_CONTAINER_CPUS must be at most what the host has, 4, found 4.1"},
        {{{"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}, {"DOCKER_CONTAINER_WORK_DIR_PATH", "/work"}},
         {{"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}, {"DOCKER_CONTAINER_WORK_DIR_PATH", "/tmp"}},
         "DOCKER_CONTAINER_WORK_DIR_PATH must be another path than DOCKER_CONTAINER_TMP_DIR_PATH, found the "
         "same"},
        {{{"SERVER_STOP_TIMEOUT", "20"}},
         {{"SERVER_STOP_TIMEOUT", "19"}},
         "SERVER_STOP_TIMEOUT must be at least RUN_MAX_EXECUTION_TIME + 5, 20, found 19"},
        {{{"POOL_MAX_PER_IMAGE", "5"}, {"POOL_MAX_TOTAL", "5"}},
         {{"POOL_MAX_PER_IMAGE", "6"}, {"POOL_MAX_TOTAL", "5"}},
         "POOL_MAX_PER_IMAGE must be at most POOL_MAX_TOTAL, 5, found 6"},
        {{{"POOL_PREWARM", "a b"}, {"POOL_MAX_TOTAL", "2"}},
         {{"POOL_PREWARM", "a b c"}, {"POOL_MAX_TOTAL", "2"}},
         "POOL_PREWARM must be at most as many images as POOL_MAX_TOTAL, 2, found 3"},
    };
    for (const auto& [allowed, refused, fault] : cases) {
        EXPECT_THAT(faults_of(with(allowed)), IsEmpty());
        EXPECT_THAT(faults_of(with(refused)), ElementsAre(fault));
    }
}

TEST(settings_test, pass_over_a_rule_that_rests_on_a_variable_that_is_no_number) {
    EXPECT_THAT(faulty_variables(with({{"DOCKER_CONTAINER_ULIMIT_NOFILE_HARD", "x"},
                                       {"POOL_MAX_TOTAL", "0"},
                                       {"RUN_MAX_EXECUTION_TIME", "-1"},
                                       {"SERVER_STOP_TIMEOUT", "1"}})),
                testing::UnorderedElementsAre("DOCKER_CONTAINER_ULIMIT_NOFILE_HARD", "POOL_MAX_TOTAL",
                                              "RUN_MAX_EXECUTION_TIME"));
}

TEST(settings_test, take_tokens_from_the_environment_or_a_file_and_not_from_both) {
    const temporary_file tokens("first\nsecond\n");
    auto variables = with({{"API_ACCESS_TOKEN_FILE", tokens.path()}});
    EXPECT_THAT(faults_of(variables),
                ElementsAre("API_ACCESS_TOKEN_FILE must be unset where API_ACCESS_TOKEN is set, found both"));

    variables.erase("API_ACCESS_TOKEN");
    const auto settings = settings_from(variables);
    EXPECT_THAT(settings.api.access_tokens, ElementsAre("first", "second"));
    EXPECT_EQ(settings.api.access_token_file, tokens.path());

    variables.erase("API_ACCESS_TOKEN_FILE");
    EXPECT_THAT(faults_of(variables),
                ElementsAre("API_ACCESS_TOKEN must be set, or API_ACCESS_TOKEN_FILE instead, found neither"));
}

TEST(settings_test, say_why_a_token_file_cannot_be_used) {
    const temporary_file tokens("a token\n", 0606);
    auto variables = with({{"API_ACCESS_TOKEN_FILE", tokens.path()}});
    variables.erase("API_ACCESS_TOKEN");
    EXPECT_THAT(faults_of(variables),
                ElementsAre("API_ACCESS_TOKEN_FILE must be a readable file with one token a "
                            "line, not writable by others, found \"" +
                            tokens.path() + "\": writable by others"));
}

TEST(settings_test, never_show_a_token) {
    for (const std::string token : {"geheim geheim", "geheim\n", "geheim\xc3\xa9"}) {
        const auto faults = faults_of(with({{"API_ACCESS_TOKEN", token}}));
        EXPECT_THAT(faults,
                    ElementsAre("API_ACCESS_TOKEN must be 1 to 1024 printable ASCII characters without a "
                                "space, found something else (not shown)"));
    }
}

// F5
TEST(settings_test, show_what_was_found_on_one_bounded_line) {
    const auto faults = faults_of(with({{"LOG_LEVEL", "\x1b[31m\r\n" + std::string(1'000'000, 'x')}}));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_THAT(faults.front(), HasSubstr("found \"\\u001b[31m\\r\\nxxx"));
    EXPECT_LT(faults.front().size(), 700U);
}

TEST(settings_test, warn_of_a_root_file_system_that_is_not_read_only) {
    const auto warnings = [](const environment& variables) {
        return parse_settings(variables, host_cpus).warnings;
    };
    const auto warning = HasSubstr("DOCKER_CONTAINER_READONLY_ROOTFS");
    EXPECT_THAT(warnings(required_variables()), ElementsAre(warning));
    EXPECT_THAT(warnings(with({{"DOCKER_CONTAINER_READONLY_ROOTFS", "false"}})), ElementsAre(warning));
    EXPECT_THAT(warnings(with({{"DOCKER_CONTAINER_READONLY_ROOTFS", "true"}})), IsEmpty());
}

TEST(settings_test, warn_of_unknown_variables_with_our_prefixes_but_not_of_the_docker_clients) {
    auto variables = with({{"DOCKER_CONTAINER_READONLY_ROOTFS", "true"}});
    for (const std::string name :
         {"PATH", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_BUILDKIT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
          "DOCKER_CONTEXT", "DOCKER_API_VERSION", "DOCKER_CLI_EXPERIMENTAL", "DEBUG", "LOGNAME",
          "RUNTIME_DIRECTORY"})
        variables[name] = "x";
    EXPECT_THAT(parse_settings(variables, host_cpus).warnings, IsEmpty());

    for (const std::string name :
         {"SERVER_PORT", "API_TOKEN", "DOCKER_CONTAINER_MEMROY", "RUN_X", "POOL_", "LOG_FILE"})
        EXPECT_THAT(
            parse_settings(with({{name, ""}, {"DOCKER_CONTAINER_READONLY_ROOTFS", "true"}}), host_cpus)
                .warnings,
            ElementsAre("unknown variable \"" + name + "\""));
}

} // namespace
} // namespace docker_run
