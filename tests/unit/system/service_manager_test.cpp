#include "system/service_manager.hpp"
#include "system/unique_fd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int first_passed_descriptor = 3;

/// Sets and removes the variables of the protocols. They are gone after each test.
class service_manager_test : public testing::Test {
  protected:
    ~service_manager_test() override {
        for (const char* name :
             {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            ::unsetenv(name);
    }

    static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

    static void pass(const std::string& count) {
        set("LISTEN_PID", own_pid());
        set("LISTEN_FDS", count);
    }

    static std::string own_pid() { return std::to_string(::getpid()); }

    static std::string fault() {
        const auto taken = take_inherited_socket();
        const auto* found = std::get_if<inherited_socket_fault>(&taken);
        return found ? found->reason : "none";
    }

    static bool takes_nothing() {
        const auto taken = take_inherited_socket();
        const auto* socket = std::get_if<std::optional<int>>(&taken);
        return socket && !*socket;
    }
};

/// Puts a descriptor at the place of the first that is passed, and puts back what was there before.
class passed_descriptor {
  public:
    explicit passed_descriptor(const unique_fd& descriptor)
        : before_(::fcntl(first_passed_descriptor, F_DUPFD_CLOEXEC, 100)) {
        ::dup2(descriptor.get(), first_passed_descriptor);
    }
    ~passed_descriptor() {
        if (before_)
            ::dup3(before_.get(), first_passed_descriptor, O_CLOEXEC);
        else
            ::close(first_passed_descriptor);
    }
    passed_descriptor(const passed_descriptor&) = delete;
    passed_descriptor& operator=(const passed_descriptor&) = delete;

  private:
    unique_fd before_;
};

unique_fd tcp_socket(int family) {
    return unique_fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

TEST_F(service_manager_test, takes_a_listening_tcp_socket_once_and_closes_it_in_programs_that_it_starts) {
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listener = tcp_socket(family);
        if (!listener)
            continue; // a host without this family
        ASSERT_EQ(::listen(listener.get(), 1), 0);
        const passed_descriptor passed(listener);
        pass("1");
        const auto taken = take_inherited_socket();
        ASSERT_TRUE(std::holds_alternative<std::optional<int>>(taken));
        EXPECT_EQ(std::get<std::optional<int>>(taken), first_passed_descriptor);
        EXPECT_EQ(::fcntl(first_passed_descriptor, F_GETFD), FD_CLOEXEC);
        EXPECT_EQ(std::getenv("LISTEN_PID"), nullptr);
        EXPECT_TRUE(takes_nothing());
    }
}

TEST_F(service_manager_test, takes_nothing_that_was_passed_to_another_process) {
    EXPECT_TRUE(takes_nothing());
    set("LISTEN_FDS", "1");
    EXPECT_TRUE(takes_nothing());
    set("LISTEN_PID", std::to_string(::getppid()));
    set("LISTEN_FDS", "1");
    EXPECT_TRUE(takes_nothing());
    set("LISTEN_PID", own_pid());
    EXPECT_TRUE(takes_nothing());
}

TEST_F(service_manager_test, refuses_broken_variables) {
    for (const char* count : {"", "0", "-1", "x", "1x", "2147483647"}) {
        pass(count);
        EXPECT_THAT(fault(), HasSubstr("Invalid argument")) << count;
    }
    set("LISTEN_PID", "x");
    EXPECT_THAT(fault(), HasSubstr("Invalid argument"));
}

TEST_F(service_manager_test, refuses_two_sockets_and_what_is_no_listening_tcp_socket) {
    pass("2");
    EXPECT_THAT(fault(), HasSubstr("2 sockets were passed"));

    const auto connection = tcp_socket(AF_INET);
    const unique_fd datagram(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const unique_fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const unique_fd local(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un any{.sun_family = AF_UNIX, .sun_path = {}}; // unix(7): the kernel chooses a name
    ASSERT_EQ(::bind(local.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any.sun_family), 0);
    ASSERT_EQ(::listen(local.get(), 1), 0);
    for (const auto* each : {&connection, &datagram, &file, &local}) {
        const passed_descriptor passed(*each);
        pass("1");
        EXPECT_THAT(fault(), HasSubstr("not a TCP socket that listens"));
    }
}

TEST_F(service_manager_test, sends_to_a_manager_in_the_abstract_namespace) {
    EXPECT_FALSE(has_service_manager());
    const unique_fd manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    ASSERT_EQ(::bind(manager.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address.sun_family),
              0);
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(manager.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const std::string name(&address.sun_path[1], size - offsetof(sockaddr_un, sun_path) - 1);
    set("NOTIFY_SOCKET", "@" + name);

    EXPECT_TRUE(has_service_manager());
    notify_service_manager("READY=1");
    std::array<char, 16> received{};
    const auto count = ::recv(manager.get(), received.data(), received.size(), 0);
    ASSERT_GT(count, 0);
    EXPECT_EQ(std::string(received.data(), static_cast<std::size_t>(count)), "READY=1");
}

TEST_F(service_manager_test, ignores_a_manager_that_is_gone_or_has_no_usable_name) {
    for (const std::string& path : {std::string("/nonexistent/manager"), std::string(200, 'x')}) {
        set("NOTIFY_SOCKET", path);
        notify_service_manager("READY=1");
    }
    EXPECT_FALSE(has_service_manager());
}

TEST_F(service_manager_test, reads_the_time_of_the_watchdog) {
    EXPECT_EQ(watchdog_time(), std::nullopt);
    set("WATCHDOG_USEC", "30000000");
    EXPECT_EQ(watchdog_time(), 30s);
    set("WATCHDOG_PID", own_pid());
    EXPECT_EQ(watchdog_time(), 30s);
    set("WATCHDOG_PID", std::to_string(::getppid()));
    EXPECT_EQ(watchdog_time(), std::nullopt);
    ::unsetenv("WATCHDOG_PID");
    for (const char* broken : {"", "0", "-1", "x", "1x"}) {
        set("WATCHDOG_USEC", broken);
        EXPECT_EQ(watchdog_time(), std::nullopt) << broken;
    }
}

} // namespace
} // namespace docker_run
