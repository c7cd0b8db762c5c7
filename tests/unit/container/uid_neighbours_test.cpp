#include "container/leftovers.hpp"
#include "container/uid_neighbours.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

docker::container_summary container(const std::string& name, const std::string& instance,
                                    const std::string& uid) {
    docker::container_summary summary;
    summary.id = summary.name = name;
    summary.labels = {{label::instance, instance}, {label::uid, uid}};
    return summary;
}

TEST(uid_neighbours, finds_the_users_of_containers_that_the_daemon_does_not_know) {
    auto kept = container("kept", "mine", "24");
    kept.labels[label::keep] = "true";
    const std::vector<docker::container_summary> containers = {
        container("known", "mine", "20"), container("left", "mine", "21"), container("other", "theirs", "22"),
        container("odd", "theirs", "7x"), container("none", "theirs", ""), kept};
    EXPECT_EQ(users_of_others(containers, {"known"}), (std::set<std::uint32_t>{21, 22}));
}

TEST(uid_neighbours, names_other_instances_with_users_of_our_ranges) {
    const std::vector<docker::container_summary> containers = {
        container("a", "mine", "20"), container("b", "near", "21"), container("c", "far", "40")};
    EXPECT_EQ(instances_that_share(containers, "mine", {{20, 30}}), (std::set<std::string>{"near"}));
    EXPECT_TRUE(instances_that_share(containers, "mine", {}).empty());
}

} // namespace
} // namespace docker_run
