#include "http/connection_quota.hpp"

namespace docker_run::http {

connection_quota::arrival connection_quota::enter(member newcomer, const std::optional<ip_prefix>& address,
                                                  clock::time_point now) {
    arrival result;
    if (address)
        make_room(group_of(*address), now, result);
    make_room(all_, now, result);

    record& fresh = records_[newcomer];
    fresh.address = address;
    fresh.heard = now;
    fresh.in_all = all_.strangers.insert(all_.strangers.end(), newcomer);
    if (address) {
        auto& strangers = group_of(*address).strangers;
        fresh.in_address = strangers.insert(strangers.end(), newcomer);
    }
    return result;
}

void connection_quota::make_room(const group& members, clock::time_point now, arrival& result) {
    if (members.size() < members.limit)
        return;
    const bool has_strangers = !members.strangers.empty();
    const bool is_silent = has_strangers && now - records_.at(members.strangers.front()).heard >= patience;
    const bool is_full = members.size() >= members.limit + members.room;
    if (!is_silent)
        result.has_place = false;
    if (!is_silent && !(is_full && has_strangers))
        return;
    const member silent = members.strangers.front();
    record& evicted = records_.at(silent);
    forget_stranger(evicted);
    evicted.now = standing::leaving;
    ++displaced_;
    result.leaving.push_back(silent);
}

void connection_quota::renew(member who, clock::time_point now) {
    record& known = records_.at(who);
    if (known.now != standing::stranger)
        return;
    known.heard = now;
    all_.strangers.splice(all_.strangers.end(), all_.strangers, known.in_all);
    if (!known.address)
        return;
    auto& strangers = group_of(*known.address).strangers;
    strangers.splice(strangers.end(), strangers, known.in_address);
}

bool connection_quota::recognise(member who) {
    record& caller = records_.at(who);
    if (caller.now == standing::known)
        return true;
    group* const address = caller.address ? &group_of(*caller.address) : nullptr;
    if (all_.known >= all_.limit || (address != nullptr && address->known >= address->limit))
        return false;
    if (caller.now == standing::stranger)
        forget_stranger(caller);
    caller.now = standing::known;
    ++all_.known;
    if (address != nullptr)
        ++address->known;
    return true;
}

void connection_quota::leave(member who) {
    const auto position = records_.find(who);
    record& gone = position->second;
    if (gone.now == standing::stranger)
        forget_stranger(gone);
    if (gone.now == standing::known) {
        --all_.known;
        if (gone.address)
            --group_of(*gone.address).known;
    }
    drop_if_empty(gone.address);
    records_.erase(position);
}

connection_quota::group& connection_quota::group_of(const ip_prefix& address) {
    return addresses_.try_emplace(address, group{most_.per_address, room_of_an_address, 0, {}}).first->second;
}

void connection_quota::forget_stranger(record& stranger) {
    all_.strangers.erase(stranger.in_all);
    if (stranger.address)
        group_of(*stranger.address).strangers.erase(stranger.in_address);
}

void connection_quota::drop_if_empty(const std::optional<ip_prefix>& address) {
    if (!address)
        return;
    const auto position = addresses_.find(*address);
    if (position != addresses_.end() && position->second.size() == 0)
        addresses_.erase(position);
}

} // namespace docker_run::http
