#pragma once

#include "async/event.hpp"
#include "async/mutex.hpp"
#include "http/connection_quota.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>

namespace docker_run::http {

/// The calls from the registry to a session. Thread-safe.
class registered_session {
  public:
    /// Closes the connection without a response, unless it has shown a valid token in the meantime.
    virtual void give_way() = 0;
    /// Tells the session that the phase of the server has changed.
    virtual void notify_phase() = 0;

  protected:
    ~registered_session() = default;
};

/// The phases of a server's shutdown. They only move forward.
enum class server_phase { serving, draining, aborting };

/// All live sessions. It knows which of them have a place, tells a new phase to all of them, and lets a
/// coroutine wait for the last one. Thread-safe. No function blocks.
class session_registry {
  public:
    explicit session_registry(connection_quota::limits limits) : quota_(limits) {}

    /// Adds a session. Returns whether it gets a place, by connection_quota::enter. Calls give_way() of the
    /// sessions that must leave for it.
    bool add(const std::shared_ptr<registered_session>& member, const std::optional<ip_prefix>& address);
    /// See connection_quota::renew().
    void renew(const registered_session* member);
    /// See connection_quota::recognise().
    bool recognise(const registered_session* member);
    void remove(const registered_session* member);
    std::size_t size() const;
    /// How many sessions of strangers had to leave for others so far.
    std::size_t displaced() const;

    server_phase phase() const { return phase_; }
    /// Enters `phase`, unless a later phase has been reached, and notifies every session.
    void enter(server_phase phase);

    /// Call it when no session will be added any more.
    void close();
    /// Returns when close() has been called and no session is left, or when the coroutine is cancelled.
    boost::asio::awaitable<void> wait_until_empty();

  private:
    mutable mutex mutex_; // never held while a session is called
    connection_quota quota_ GUARDED_BY(mutex_);
    std::unordered_map<const registered_session*, std::weak_ptr<registered_session>>
        members_ GUARDED_BY(mutex_);
    bool closed_ GUARDED_BY(mutex_) = false;
    std::atomic<server_phase> phase_ = server_phase::serving;
    event empty_; // set once the last session has ended
};

} // namespace docker_run::http
