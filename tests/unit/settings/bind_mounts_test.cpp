#include "settings/bind_mounts.hpp"
#include "settings/settings_fixture.hpp"
#include "settings/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace docker_run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string fault_of(const std::string& source, std::vector<std::string> secrets = {}) {
    return bind_mount_fault({source, "/x"}, secrets);
}

TEST(bind_mounts_test, read_source_and_target) {
    EXPECT_EQ(parse_bind_mount("/opt/go"), (docker::bind_mount{"/opt/go", "/opt/go"}));
    EXPECT_EQ(parse_bind_mount("/opt/go:/usr/go"), (docker::bind_mount{"/opt/go", "/usr/go"}));
    for (const char* text : {"", "opt", "/opt:x", "opt:/x", "/a/../b", "/a/./b", "/a//b", "/a/", "/a:/",
                             "/a:/b:/c", "/a:", "/", ":/a", "/a:/../b"})
        EXPECT_FALSE(parse_bind_mount(text)) << text;
    EXPECT_EQ(parse_bind_mount("/:/host"), (docker::bind_mount{"/", "/host"})) << "refused for what it is";
}

TEST(bind_mounts_test, show_programs_nothing_of_kernel_engine_and_secrets) {
    EXPECT_EQ(fault_of("/usr"), "");
    EXPECT_EQ(fault_of("/no/such/path"), "No such file or directory");
    for (const char* source :
         {"/", "/proc", "/proc/self", "/sys", "/dev", "/dev/shm", "/run", "/var", "/var/lib"})
        EXPECT_THAT(fault_of(source), HasSubstr("programs must not see /")) << source;
    const temporary_file socket("");
    const auto folder = std::filesystem::path(socket.path()).parent_path().string();
    for (const auto& source : {socket.path(), folder})
        EXPECT_EQ(fault_of(source, {socket.path()}), "programs must not see " + socket.path()) << source;
    EXPECT_EQ(fault_of("/usr", {socket.path(), ""}), "");
}

TEST(bind_mounts_test, see_through_symbolic_links) {
    const auto link = testing::TempDir() + "link_to_proc";
    std::filesystem::remove(link);
    std::filesystem::create_symlink("/proc", link);
    EXPECT_THAT(fault_of(link), HasSubstr("programs must not see /proc"));
    std::filesystem::remove(link);
}

TEST(bind_mounts_test, are_refused_with_a_sentence) {
    const auto faults = [](const std::string& mounts) {
        return faults_of(
            with({{"DOCKER_CONTAINER_MOUNTS", mounts}, {"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}}));
    };
    EXPECT_THAT(faults("/usr /usr/bin:/opt"), testing::IsEmpty());
    EXPECT_THAT(faults("usr"),
                ElementsAre("DOCKER_CONTAINER_MOUNTS must be a list, separated by spaces, each "
                            "item SOURCE or SOURCE:TARGET, absolute paths, found \"usr\""));
    EXPECT_THAT(
        faults("/usr:/tmp"),
        ElementsAre("DOCKER_CONTAINER_MOUNTS must be existing paths of the host that programs may see, "
                    "each for a place of its own, found \"/usr:/tmp\": something else is mounted there"));
    EXPECT_THAT(faults("/usr:/x /bin:/x"), ElementsAre(HasSubstr("something else is mounted there")));
    EXPECT_THAT(faults("/usr:/proc/x"),
                ElementsAre(HasSubstr("nothing can be mounted in a container's /proc")));
    EXPECT_THAT(faults("/:/host /no/such"),
                ElementsAre(HasSubstr("must not see"), HasSubstr("No such file")));
}

} // namespace
} // namespace docker_run
