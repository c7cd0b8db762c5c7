#include "caller_input.hpp"
#include "failure.hpp"
#include "frame.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <optional>
#include <string>

namespace code_runner {
namespace {

using protocol::task_frame;

struct both_ends {
    unique_fd reading;
    unique_fd writing;
};

both_ends nonblocking_pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    return {unique_fd{ends[0]}, unique_fd{ends[1]}};
}

/// What is in the pipe, at most one page; nothing if it is closed.
std::optional<std::string> content_of(const unique_fd& pipe) {
    char buffer[4096];
    const ssize_t count = ::read(pipe.get(), buffer, sizeof buffer);
    if (count == 0)
        return std::nullopt;
    return std::string{buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

class caller_input_test : public testing::Test {
  protected:
    caller_input_test() { input_.input().connect(std::move(program_input_.writing)); }

    void send(task_frame type, std::string_view content) {
        std::string frame;
        append_frame(frame, static_cast<char>(type), content);
        ASSERT_EQ(::write(caller_.writing.get(), frame.data(), frame.size()),
                  static_cast<ssize_t>(frame.size()));
    }

    std::optional<std::string> read_by_program() {
        input_.input().write_some();
        return content_of(program_input_.reading);
    }

    both_ends caller_ = nonblocking_pipe();
    both_ends program_input_ = nonblocking_pipe();
    child_process program_; ///< nobody
    caller_input input_{unique_fd{::dup(caller_.reading.get())}, {}, std::nullopt};
};

TEST_F(caller_input_test, passes_input_on) {
    send(task_frame::input, "one ");
    send(task_frame::input, "two");
    EXPECT_TRUE(input_.read_some(program_));
    EXPECT_EQ(read_by_program(), "one two");
}

TEST_F(caller_input_test, tells_input_from_other_frames) {
    send(task_frame::input, "");
    send(task_frame::window, std::string(4, '\1'));
    EXPECT_FALSE(input_.read_some(program_));
    EXPECT_FALSE(input_.read_some(program_)); // nothing is there
    EXPECT_EQ(read_by_program(), "");
}

TEST_F(caller_input_test, ends_the_input_at_its_frame) {
    send(task_frame::input, "last");
    send(task_frame::end_of_input, "");
    EXPECT_TRUE(input_.read_some(program_));
    EXPECT_EQ(read_by_program(), "last");
    EXPECT_EQ(read_by_program(), std::nullopt);
    EXPECT_GE(input_.descriptor(), 0); // signals may still come
}

TEST_F(caller_input_test, ends_the_input_with_the_stream) {
    caller_.writing.reset();
    EXPECT_FALSE(input_.read_some(program_));
    EXPECT_EQ(input_.descriptor(), -1);
    EXPECT_EQ(read_by_program(), std::nullopt);
}

TEST_F(caller_input_test, does_not_read_while_64_kib_wait) {
    for (int number = 0; number < 4; ++number) {
        send(task_frame::input, std::string(20'000, 'x'));
        for (int turn = 0; turn < 10 && input_.descriptor() >= 0; ++turn)
            input_.read_some(program_);
    }
    EXPECT_EQ(input_.input().room(), 0U);
    EXPECT_EQ(input_.descriptor(), -1);
    EXPECT_EQ(read_by_program()->size(), 4096U);
    EXPECT_GE(input_.descriptor(), 0);
}

TEST_F(caller_input_test, sends_signals_to_the_group_of_a_program_that_leads_one) {
    struct row {
        const char* name;
        int signal;
    };
    for (const row& row : {row{"INT", SIGINT}, row{"TERM", SIGTERM}, row{"KILL", SIGKILL}}) {
        program_.pid = ::fork();
        if (program_.pid == 0) {
            ::setpgid(0, 0);
            ::pause();
            ::_exit(0);
        }
        ::setpgid(program_.pid, program_.pid);
        program_.leads_group = true;
        send(task_frame::signal, row.name);
        input_.read_some(program_);
        int status = 0;
        ASSERT_EQ(::waitpid(program_.pid, &status, 0), program_.pid);
        EXPECT_TRUE(WIFSIGNALED(status));
        EXPECT_EQ(WTERMSIG(status), row.signal);
    }
}

TEST_F(caller_input_test, refuses_malformed_frames) {
    struct row {
        task_frame type;
        const char* content;
    };
    for (const row& row :
         {row{task_frame::signal, "HUP"}, row{task_frame::signal, "INT "}, row{task_frame::signal, ""},
          row{task_frame::window, "123"}, row{task_frame::window, "12345"}, row{task_frame::options, "{}"},
          row{task_frame::payload, "{}"}}) {
        send(row.type, row.content);
        EXPECT_THROW(input_.read_some(program_), failure) << row.content;
    }
}

} // namespace
} // namespace code_runner
