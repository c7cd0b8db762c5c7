#include "share_policy.hpp"

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
    const auto [found, is_new] = shares_.try_emplace(who.name);
    if (is_new) {
        found->second.name = who.name;
        found->second.limits = who.share;
    }
    return found->second;
}

share_policy::share* share_policy::enter(const caller& who) {
    auto& of = share_of(who);
    if (of.entered >= of.limits.places())
        return nullptr;
    ++of.entered;
    return &of;
}

void share_policy::leave(share& of) {
    --of.entered;
    if (!of.listed && of.entered == 0)
        shares_.erase(shares_.find(of.name));
}

void share_policy::wait(share& of, ticket number) {
    if (of.line.empty())
        waiting_.push_back(&of);
    of.line.push_back(number);
}

void share_policy::withdraw(share& of, ticket number) {
    if (std::erase(of.line, number) > 0 && of.line.empty())
        stop_waiting(of);
}

void share_policy::stop_waiting(const share& of) {
    std::erase(waiting_, &of);
}

/// A name that waited for its own runs to end has not saved up turns meanwhile: no turn lies in the past.
bool share_policy::goes_before(const share& one, const share& other) const {
    const auto rank = [this](const share& each) {
        const double in_service = static_cast<double>(each.running) / each.limits.weight;
        return std::tuple(in_service, std::max(each.turn, now_), each.line.front());
    };
    return rank(one) < rank(other);
}

std::optional<share_policy::turn_of> share_policy::start_next() {
    share* next = nullptr;
    for (auto* each : waiting_)
        if (each->running < each->limits.runs && (!next || goes_before(*each, *next)))
            next = each;
    if (!next)
        return std::nullopt;
    now_ = std::max(now_, next->turn);
    next->turn = now_ + 1.0 / next->limits.weight;
    ++next->running;
    const turn_of begun{next, next->line.front()};
    next->line.pop_front();
    if (next->line.empty())
        stop_waiting(*next);
    return begun;
}

share_policy::share* share_policy::greatest_above(const share& to) const {
    const auto load = [](const share* each) {
        return static_cast<double>(each->placed) / each->limits.weight;
    };
    const auto greatest = std::ranges::max_element(waiting_, {}, load);
    const double wanted = static_cast<double>(to.placed + 1) / to.limits.weight;
    return greatest != waiting_.end() && load(*greatest) > wanted ? *greatest : nullptr;
}

std::optional<share_policy::turn_of> share_policy::push_out_for(const share& to) {
    auto* of = greatest_above(to);
    if (!of)
        return std::nullopt;
    const turn_of leaving{of, of->line.back()};
    withdraw(*of, leaving.number);
    return leaving;
}

} // namespace docker_run
