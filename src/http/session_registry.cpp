#include "http/session_registry.hpp"

#include <chrono>
#include <vector>

namespace docker_run::http {

namespace asio = boost::asio;

bool session_registry::add(const std::shared_ptr<registered_session>& member,
                           const std::optional<ip_prefix>& address) {
    const auto now = connection_quota::clock::now();
    connection_quota::arrival arrival;
    std::vector<std::shared_ptr<registered_session>> leaving;
    {
        const mutex_lock lock(mutex_);
        members_.emplace(member.get(), member);
        arrival = quota_.enter(member.get(), address, now);
        for (const auto* each : arrival.leaving)
            if (auto alive = members_.at(static_cast<const registered_session*>(each)).lock())
                leaving.push_back(std::move(alive));
    }
    for (const auto& each : leaving)
        each->give_way();
    return arrival.has_place;
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
        empty_.set();
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
        empty_.set();
}

asio::awaitable<void> session_registry::wait_until_empty() {
    co_await empty_.wait(std::chrono::steady_clock::time_point::max());
}

} // namespace docker_run::http
