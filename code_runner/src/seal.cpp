#include "seal.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace code_runner {
namespace {

using descriptors = std::array<int, 3>;

/// A message of one byte that carries three descriptors.
struct parcel {
    parcel() {
        header.msg_iov = &content;
        header.msg_iovlen = 1;
        header.msg_control = control;
        header.msg_controllen = sizeof control;
    }

    char byte = 0;
    iovec content{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(descriptors))]{};
    msghdr header{};
};

/// Returns 0, or the errno of a failure.
int send(int socket, const descriptors& fds) {
    parcel parcel;
    cmsghdr* rights = CMSG_FIRSTHDR(&parcel.header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fds);
    std::memcpy(CMSG_DATA(rights), fds.data(), sizeof fds);
    if (::sendmsg(socket, &parcel.header, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
        return errno;
    return 0;
}

/// Whether another process of the same user, and so a program, can open the runner's descriptors. False on a
/// kernel that respects PR_SET_DUMPABLE, true on gVisor.
bool others_can_reach_our_descriptors() {
    const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/1";
    const pid_t other = ::fork();
    if (other == 0) {
        char target[1];
        ::_exit(::readlink(path.c_str(), target, sizeof target) < 0 && errno == EACCES ? 0 : 1);
    }
    int status = 0;
    return other < 0 || ::waitpid(other, &status, 0) != other || status != 0;
}

descriptors receive(int socket) {
    parcel parcel;
    const ssize_t count = ::recvmsg(socket, &parcel.header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    const cmsghdr* rights = CMSG_FIRSTHDR(&parcel.header);
    descriptors fds;
    if (count != 1 || rights == nullptr || rights->cmsg_len != CMSG_LEN(sizeof fds))
        throw failure{"Failed to take the answer's descriptors back"};
    std::memcpy(fds.data(), CMSG_DATA(rights), sizeof fds);
    return fds;
}

} // namespace

descriptor_seal::descriptor_seal() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw system_failure("Failed to create a socket pair", errno);
    inside_ = unique_fd{ends[0]};
    outside_ = unique_fd{ends[1]};

    const unique_fd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    if (!nothing)
        throw system_failure("Failed to open /dev/null", errno);

    constexpr descriptors standard{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
    const int error = send(inside_.get(), standard);
    if (error == ETOOMANYREFS && !others_can_reach_our_descriptors()) {
        outside_.reset();
        return;
    }
    if (error != 0)
        throw system_failure("Failed to put the answer's descriptors away", error);
    for (const int fd : standard)
        ::dup3(nothing.get(), fd, O_CLOEXEC);
}

void descriptor_seal::open() {
    if (!outside_)
        return;
    const descriptors fds = receive(outside_.get());
    for (std::size_t index = 0; index < fds.size(); ++index) {
        const unique_fd taken{fds[index]};
        ::dup3(taken.get(), static_cast<int>(index), O_CLOEXEC);
    }
}

} // namespace code_runner
