#include "settings/settings_fixture.hpp"
#include "settings/stock_images.hpp"
#include "settings/temporary_file.hpp"
#include "system/static_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <elf.h>

#include <string>

namespace docker_run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The head of a program, and with it all that is looked at.
std::string program(std::uint32_t segment_type, std::uint16_t machine = EM_X86_64) {
#if defined(__aarch64__)
    machine = machine == EM_X86_64 ? EM_AARCH64 : machine;
#endif
    Elf64_Ehdr head{};
    std::copy_n(ELFMAG, SELFMAG, head.e_ident);
    head.e_ident[EI_CLASS] = ELFCLASS64;
    head.e_machine = machine;
    head.e_phoff = sizeof head;
    head.e_phentsize = sizeof(Elf64_Phdr);
    head.e_phnum = 1;
    Elf64_Phdr segment{};
    segment.p_type = segment_type;
    return std::string(reinterpret_cast<const char*>(&head), sizeof head) +
           std::string(reinterpret_cast<const char*>(&segment), sizeof segment);
}

std::string fault_of_program(const std::string& content, mode_t mode = 0755) {
    const temporary_file file(content, mode);
    return static_program_fault(file.path());
}

TEST(static_program_test, takes_a_program_that_needs_nothing_of_an_image) {
    EXPECT_EQ(fault_of_program(program(PT_LOAD)), "");
    EXPECT_THAT(fault_of_program(program(PT_INTERP)), HasSubstr("not a static program"));
    EXPECT_EQ(fault_of_program(program(PT_LOAD), 0750), "not executable by everybody");
    for (const auto& content : {std::string(), std::string("#!/bin/sh\n"), program(PT_LOAD, EM_RISCV),
                                program(PT_LOAD).substr(0, sizeof(Elf64_Ehdr) + 3)})
        EXPECT_EQ(fault_of_program(content), "not a program of this processor");
    EXPECT_EQ(static_program_fault("/no/such/file"), "No such file or directory");
    EXPECT_EQ(static_program_fault("/"), "not a regular file");
}

TEST(stock_images_test, refuse_a_pattern_that_matches_everything) {
    for (const char* text :
         {"**", "*", "*/*", "**:*", "**:latest", "docker.io/**", "docker.io/library/*", "library/*", "A", ""})
        EXPECT_FALSE(is_stock_pattern(text)) << text;
    for (const char* text : {"python", "python:*", "py*", "quay.io/**", "**/python", "docker.io/gcc:14"})
        EXPECT_TRUE(is_stock_pattern(text)) << text;
    EXPECT_THAT(faulty_variables(with({{"DOCKER_STOCK_IMAGES", "python **"}})),
                testing::Contains("DOCKER_STOCK_IMAGES"));
}

TEST(stock_images_test, run_as_nobody_in_a_tmpfs_with_the_runner_of_the_host) {
    const temporary_file runner(program(PT_LOAD), 0755);
    const auto settings = settings_from(
        with({{"DOCKER_STOCK_IMAGES", "python gcc:*"}, {"DOCKER_STOCK_RUNNER_PATH", runner.path()}}));
    ASSERT_EQ(settings.policy.rules.size(), 1U);
    const auto& rule = settings.policy.rules[0];
    EXPECT_EQ(rule.match.size(), 2U);
    EXPECT_EQ(rule.options.container.runner, runner.path());
    EXPECT_EQ(rule.options.container.user, "65534:65534");
    ASSERT_TRUE(rule.options.container.work_dir);
    EXPECT_EQ(rule.options.container.work_dir->path, "/work");
    EXPECT_EQ(settings.container.user, "glot");
    EXPECT_EQ(settings.container.runner, "");
}

TEST(stock_images_test, keep_what_a_policy_sets_for_them) {
    const temporary_file runner(program(PT_LOAD), 0755);
    const temporary_file policy(R"({"images":[
        {"match":["a"],"stock":true,"settings":{"DOCKER_CONTAINER_USER":"7:7","DOCKER_CONTAINER_WORK_DIR_PATH":"/w"}},
        {"match":["b"],"stock":true},{"match":["c"],"stock":false}]})");
    const auto rules =
        settings_from(with({{"RUN_POLICY_FILE", policy.path()}, {"DOCKER_STOCK_RUNNER_PATH", runner.path()}}))
            .policy.rules;
    ASSERT_EQ(rules.size(), 3U);
    EXPECT_EQ(rules[0].options.container.user, "7:7");
    EXPECT_EQ(rules[0].options.container.work_dir->path, "/w");
    EXPECT_EQ(rules[1].options.container.user, "65534:65534");
    EXPECT_EQ(rules[2].options.container.runner, "");
    EXPECT_EQ(rules[2].options.container.user, "glot");
}

TEST(stock_images_test, need_a_runner_that_is_there) {
    EXPECT_THAT(
        faults_of(with({{"DOCKER_STOCK_IMAGES", "python"}, {"DOCKER_STOCK_RUNNER_PATH", "/no/such"}})),
        ElementsAre("DOCKER_STOCK_RUNNER_PATH must be a static program that everybody may execute, "
                    "found \"/no/such\": No such file or directory"));
    EXPECT_THAT(faults_of(with({{"DOCKER_STOCK_RUNNER_PATH", "/no/such"}})), testing::IsEmpty());
    const temporary_file policy(
        R"({"images":[{"match":["**","a"],"stock":true},{"match":["b"],"stock":1}]})");
    EXPECT_THAT(faulty_variables(with({{"RUN_POLICY_FILE", policy.path()},
                                       {"DOCKER_STOCK_IMAGES", "python"},
                                       {"DOCKER_STOCK_RUNNER_PATH", "/no/such"}})),
                ElementsAre(policy.path() + ": images[0].match", policy.path() + ": images[1].stock",
                            "DOCKER_STOCK_IMAGES", "DOCKER_STOCK_RUNNER_PATH"));
}

} // namespace
} // namespace docker_run
