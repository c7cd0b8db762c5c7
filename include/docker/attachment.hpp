#pragma once

#include "docker/http_call.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace docker_run::docker {

/// How a conversation with a container ended.
enum class conversation_end {
    settled,       ///< the listener had enough
    end_of_stream, ///< the container ended, or the engine did
    deadline,
    broken ///< the connection to the engine failed
};

struct conversation_result {
    conversation_end end = conversation_end::broken;
    bool payload_taken = false; ///< all of it was written and stdin was closed
    std::string failure;        ///< why the stream is broken or has ended, or why the payload was not taken
};

/// The stdin and the output of one running container. Move-only. To be used on the strand that is its
/// executor. Destroying it closes the connection, which must happen before the container is removed
/// (moby#41827).
class attachment {
  public:
    explicit attachment(raw_stream opened) : stream_(std::move(opened)) {}

    /// The same connection for use on the strand `executor`: a container goes from the pool to a run. This
    /// one is empty afterwards. Throws engine_error(broken) where the system has no memory for that; the
    /// connection is closed then.
    attachment moved_to(const boost::asio::any_io_executor& executor);

    /// Alive, and has not said a word: what a container that waits for its payload is. Does not block.
    bool is_waiting();

    /// Takes bytes of the stream; false: that was enough.
    using listener = std::function<bool(std::string_view)>;

    /// Writes `payload`, closes stdin, and at the same time gives every byte of output to `listen` until it
    /// has had enough, the stream ends or `deadline` passes. When it has had enough, it still gets what is
    /// readable at once. The payload must live until then.
    boost::asio::awaitable<conversation_result> converse(std::string_view payload, listener listen,
                                                         std::chrono::steady_clock::time_point deadline);

  private:
    boost::asio::awaitable<void> write(std::string_view payload, conversation_result& result);
    boost::asio::awaitable<void> read(const listener& listen, std::chrono::steady_clock::time_point deadline,
                                      conversation_result& result);
    void drain(const listener& listen, std::string& buffer);

    raw_stream stream_;
};

} // namespace docker_run::docker
