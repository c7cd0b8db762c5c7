#pragma once

#include "http/connection_quota.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace docker_run::http {

/// What the registry tells a session. Thread-safe.
class registered_session {
  public:
    /// Closes the connection without a word, unless it has shown a valid token meanwhile.
    virtual void give_way() = 0;
    /// The phase of the server has changed.
    virtual void notify_phase() = 0;

  protected:
    ~registered_session() = default;
};

/// How a server is on its way down. It only ever goes forward.
enum class server_phase { serving, draining, aborting };

/// The sessions that live: which of them have a place, so that a phase can be told to all of them, and so
/// that somebody can wait for the last one. A small monitor: every function may be called from any thread and
/// none blocks.
class session_registry {
  public:
    session_registry(const boost::asio::any_io_executor& executor, connection_quota::limits most);

    /// Whether the session gets a place, by connection_quota::enter. Those that leave for it are told so.
    bool add(const std::shared_ptr<registered_session>& member, const std::optional<ip_prefix>& address);
    /// connection_quota::renew
    void renew(const registered_session* member);
    /// connection_quota::recognise
    bool recognise(const registered_session* member);
    void remove(const registered_session* member);
    std::size_t size() const;
    /// How many sessions of strangers had to leave for others so far.
    std::size_t displaced() const;

    server_phase phase() const { return phase_; }
    /// Enters `phase`, unless a later one is reached already, and tells every session.
    void enter(server_phase phase);

    /// No session will be added any more.
    void close();
    /// Returns when close() was called and no session is left, also where that was so before. One waiter at a
    /// time.
    boost::asio::awaitable<void> wait_until_empty();

  private:
    bool is_closed_and_empty() const;

    using channel = boost::asio::experimental::concurrent_channel<void(boost::system::error_code)>;

    mutable std::mutex mutex_; // guards quota_, members_ and closed_; never held while a session is called
    connection_quota quota_;
    std::unordered_map<const registered_session*, std::weak_ptr<registered_session>> members_;
    bool closed_ = false;
    std::atomic<server_phase> phase_ = server_phase::serving;
    channel empty_; // holds one message once the last session has ended
};

} // namespace docker_run::http
