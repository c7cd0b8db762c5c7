#pragma once

#include "docker/attachment.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace docker_run::test {

/// A pair of connected sockets: one for an attachment, the other for a test that plays the engine.
class attached_stream : public testing::Test {
  protected:
    attached_stream() {
        std::array<int, 2> pair{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
        ours_ = pair[0];
        engine_ = pair[1];
    }
    ~attached_stream() override { ::close(engine_); }

    /// Call it once.
    docker::attachment open() {
        return docker::attachment(
            {docker::unix_stream(context_, boost::asio::local::stream_protocol(), ours_), {}});
    }

    boost::asio::io_context context_;
    int engine_ = -1; ///< the test's side

  private:
    int ours_ = -1;
};

} // namespace docker_run::test
