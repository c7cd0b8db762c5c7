#include "http/session_registry.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <vector>

namespace docker_run::http {

namespace asio = boost::asio;

session_registry::session_registry(const asio::any_io_executor& executor, connection_quota::limits most)
    : quota_(most), empty_(executor, 1) {}

bool session_registry::add(const std::shared_ptr<registered_session>& member,
                           const std::optional<ip_prefix>& address) {
    const auto now = connection_quota::clock::now();
    connection_quota::arrival made;
    std::vector<std::shared_ptr<registered_session>> leaving;
    {
        const mutex_lock lock(mutex_);
        members_.emplace(member.get(), member);
        made = quota_.enter(member.get(), address, now);
        for (const auto* each : made.leaving)
            if (auto alive = members_.at(static_cast<const registered_session*>(each)).lock())
                leaving.push_back(std::move(alive));
    }
    for (const auto& each : leaving)
        each->give_way();
    return made.has_place;
}

void session_registry::renew(const registered_session* member) {
    const auto now = connection_quota::clock::now();
    const mutex_lock lock(mutex_);
    quota_.renew(member, now);
}

bool session_registry::recognise(const registered_session* member) {
    const mutex_lock lock(mutex_);
    return quota_.recognise(member);
}

std::size_t session_registry::displaced() const {
    const mutex_lock lock(mutex_);
    return quota_.displaced();
}

void session_registry::remove(const registered_session* member) {
    bool last = false;
    {
        const mutex_lock lock(mutex_);
        quota_.leave(member);
        members_.erase(member);
        last = closed_ && members_.empty();
    }
    if (last)
        empty_.try_send(boost::system::error_code());
}

std::size_t session_registry::size() const {
    const mutex_lock lock(mutex_);
    return members_.size();
}

void session_registry::enter(server_phase phase) {
    server_phase current = phase_;
    while (current < phase && !phase_.compare_exchange_weak(current, phase)) {
    }
    std::vector<std::shared_ptr<registered_session>> sessions;
    {
        const mutex_lock lock(mutex_);
        for (const auto& [_, member] : members_)
            if (auto alive = member.lock())
                sessions.push_back(std::move(alive));
    }
    for (const auto& each : sessions)
        each->notify_phase();
}

void session_registry::close() {
    bool empty = false;
    {
        const mutex_lock lock(mutex_);
        closed_ = true;
        empty = members_.empty();
    }
    if (empty)
        empty_.try_send(boost::system::error_code());
}

bool session_registry::is_closed_and_empty() const {
    const mutex_lock lock(mutex_);
    return closed_ && members_.empty();
}

/// Checks the state first: a wait that is cancelled just when the message arrives consumes the message.
asio::awaitable<void> session_registry::wait_until_empty() {
    if (is_closed_and_empty())
        co_return;
    co_await empty_.async_receive(asio::use_awaitable);
}

} // namespace docker_run::http
