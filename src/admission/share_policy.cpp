#include "admission/share_policy.hpp"

#include <algorithm>
#include <tuple>

namespace docker_run {

void share_policy::apply(const std::map<std::string, caller_share>& shares) {
    for (auto& [name, each] : shares_)
        each.listed = false;
    for (const auto& [name, limits] : shares) {
        auto& each = shares_[name];
        each.name = name;
        each.limits = limits;
        each.listed = true;
    }
    std::erase_if(shares_, [](const auto& each) { return !each.second.listed && each.second.entered == 0; });
}

share_policy::share& share_policy::share_of(const caller& who) {
    const auto [position, is_new] = shares_.try_emplace(who.name);
    if (is_new) {
        position->second.name = who.name;
        position->second.limits = who.share;
    }
    return position->second;
}

share_policy::share* share_policy::enter(const caller& who) {
    auto& owner = share_of(who);
    if (owner.entered >= owner.limits.places())
        return nullptr;
    ++owner.entered;
    return &owner;
}

void share_policy::leave(share& owner) {
    --owner.entered;
    if (!owner.listed && owner.entered == 0)
        shares_.erase(shares_.find(owner.name));
}

share_policy::share* share_policy::enter_interactive(const caller& who) {
    if (!may_start_another(share_of(who)))
        return nullptr;
    auto* owner = enter(who);
    if (owner)
        ++owner->interactive;
    return owner;
}

void share_policy::leave_interactive(share& owner) {
    --owner.interactive;
    leave(owner);
}

void share_policy::wait(share& owner, ticket number) {
    if (owner.line.empty())
        waiting_.push_back(&owner);
    owner.line.push_back(number);
}

void share_policy::withdraw(share& owner, ticket number) {
    if (std::erase(owner.line, number) > 0 && owner.line.empty())
        stop_waiting(owner);
}

void share_policy::stop_waiting(const share& owner) {
    std::erase(waiting_, &owner);
}

/// The turn of a name never lies in the past: a name that waited for its own runs to end has not saved up
/// turns.
bool share_policy::goes_before(const share& one, const share& other) const {
    const auto rank = [this](const share& each) {
        const double in_service = static_cast<double>(each.running) / each.limits.weight;
        return std::tuple(in_service, std::max(each.turn, now_), each.line.front());
    };
    return rank(one) < rank(other);
}

std::optional<share_policy::queued_run> share_policy::start_next() {
    share* next = nullptr;
    for (auto* each : waiting_)
        if (may_start_another(*each) && (!next || goes_before(*each, *next)))
            next = each;
    if (!next)
        return std::nullopt;
    now_ = std::max(now_, next->turn);
    next->turn = now_ + 1.0 / next->limits.weight;
    ++next->running;
    const queued_run begun{next, next->line.front()};
    next->line.pop_front();
    if (next->line.empty())
        stop_waiting(*next);
    return begun;
}

share_policy::share* share_policy::greatest_above(const share& newcomer) const {
    const auto load = [](const share* each) {
        return static_cast<double>(each->placed) / each->limits.weight;
    };
    const auto greatest = std::ranges::max_element(waiting_, {}, load);
    const double newcomer_load = static_cast<double>(newcomer.placed + 1) / newcomer.limits.weight;
    return greatest != waiting_.end() && load(*greatest) > newcomer_load ? *greatest : nullptr;
}

std::optional<share_policy::queued_run> share_policy::push_out_for(const share& newcomer) {
    auto* owner = greatest_above(newcomer);
    if (!owner)
        return std::nullopt;
    const queued_run leaving{owner, owner->line.back()};
    withdraw(*owner, leaving.number);
    return leaving;
}

} // namespace docker_run
