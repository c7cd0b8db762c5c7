#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace docker_run::http::test {

/// A request without a body, which every server answers.
inline const std::string simple_request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// One response as it came over the wire. Names of fields are in lower case.
struct received_response {
    unsigned status = 0;
    std::map<std::string, std::string> fields;
    std::string body;
};

/// A blocking TCP client that sends exactly the bytes it is told to. Every wait ends after ten seconds with
/// an exception.
class test_client {
  public:
    explicit test_client(const boost::asio::ip::tcp::endpoint& server)
        : socket_(::socket(server.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        check(socket_, "socket");
        check(::connect(socket_, server.data(), static_cast<socklen_t>(server.size())), "connect");
    }
    test_client(test_client&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), unread_(std::move(other.unread_)) {}
    test_client(const test_client&) = delete;
    test_client& operator=(const test_client&) = delete;
    test_client& operator=(test_client&&) = delete;
    ~test_client() { close(); }

    /// Sends everything, or as much as the server takes before it closes.
    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size < 0)
                return;
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
    }

    /// Ends the sending direction, as a client does that has nothing more to say.
    void shut_down() { ::shutdown(socket_, SHUT_WR); }

    void close() {
        if (socket_ >= 0)
            ::close(std::exchange(socket_, -1));
    }

    /// Closes so that the server sees a reset.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }

    received_response receive(bool with_body = true) {
        received_response answer;
        const std::string head = take_through("\r\n\r\n");
        answer.status = static_cast<unsigned>(std::stoul(head.substr(9, 3)));
        for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
            const std::size_t colon = head.find(": ", at);
            const std::size_t end = head.find("\r\n", at);
            std::string name = head.substr(at, colon - at);
            for (char& c : name)
                c = static_cast<char>(std::tolower(c));
            answer.fields[name] = head.substr(colon + 2, end - colon - 2);
            at = end + 2;
        }
        if (with_body && answer.fields.contains("content-length"))
            answer.body = take(std::stoul(answer.fields["content-length"]));
        return answer;
    }

    received_response ask(std::string_view request) {
        send(request);
        return receive();
    }

    /// Everything up to the end of the stream; a reset counts as one.
    std::string receive_rest() {
        while (fill()) {
        }
        return std::exchange(unread_, std::string());
    }

    /// The size of what one read gives, at most 64 KiB; 0 at the end. The bytes are dropped.
    std::size_t receive_some() {
        fill();
        return std::exchange(unread_, std::string()).size();
    }

    /// Whether an answer, or the end, comes within `time`.
    bool has_answer_within(std::chrono::milliseconds time) {
        pollfd readable{socket_, POLLIN, 0};
        return ::poll(&readable, 1, static_cast<int>(time.count())) == 1;
    }

    bool is_closed() { return receive_rest().empty(); }

    /// The next `size` bytes.
    std::string take(std::size_t size) {
        while (unread_.size() < size)
            if (!fill())
                throw std::runtime_error("the server closed within an answer: " + unread_);
        std::string result = unread_.substr(0, size);
        unread_.erase(0, size);
        return result;
    }

  private:
    static void check(int result, const char* what) {
        if (result < 0)
            throw std::system_error(errno, std::generic_category(), what);
    }

    bool fill() {
        if (!has_answer_within(std::chrono::seconds(10)))
            throw std::runtime_error("the server neither answered nor closed within ten seconds");
        char bytes[65536];
        const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
        if (size <= 0)
            return false;
        unread_.append(bytes, static_cast<std::size_t>(size));
        return true;
    }

    std::string take_through(std::string_view mark) {
        while (unread_.find(mark) == std::string::npos)
            if (!fill())
                throw std::runtime_error("the server closed before its answer");
        return take(unread_.find(mark) + mark.size());
    }

    int socket_;
    std::string unread_;
};

} // namespace docker_run::http::test
