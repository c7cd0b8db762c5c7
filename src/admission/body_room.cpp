#include "admission/body_room.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

using namespace std::chrono_literals;

namespace {

/// A body that is not further behind its least rate may only be delayed by the network: a round trip around
/// the world takes this long.
constexpr auto tolerated_delay = 250ms;

double load(std::size_t bodies, const share_policy::share& owner) {
    return static_cast<double>(bodies) / owner.limits.weight;
}

} // namespace

bool body_room::enter(share& owner, std::shared_ptr<paced_input> body, clock::time_point now) {
    if (bodies_.size() >= places_) {
        const auto leaving = chosen_to_give_way(owner, now);
        if (leaving == bodies_.end())
            return false;
        leaving->body->give_way();
        remove(leaving);
    }
    bodies_.push_back({&owner, std::move(body)});
    ++owner.bodies;
    return true;
}

void body_room::leave(const paced_input& body) {
    const auto position =
        std::ranges::find(bodies_, &body, [](const guest& each) { return each.body.get(); });
    if (position != bodies_.end())
        remove(position);
}

void body_room::remove(guests::iterator position) {
    --position->owner->bodies;
    bodies_.erase(position);
}

/// The body of that name that is furthest behind its rate.
body_room::guests::iterator body_room::latest_of(const share& owner) {
    auto latest = bodies_.end();
    for (auto each = bodies_.begin(); each != bodies_.end(); ++each)
        if (each->owner == &owner && (latest == bodies_.end() || each->body->due() < latest->body->due()))
            latest = each;
    return latest;
}

body_room::guests::iterator body_room::chosen_to_give_way(const share& newcomer, clock::time_point now) {
    const auto greatest = std::ranges::max_element(
        bodies_, {}, [](const guest& each) { return load(each.owner->bodies, *each.owner); });
    if (greatest == bodies_.end())
        return greatest;
    if (load(greatest->owner->bodies, *greatest->owner) > load(newcomer.bodies + 1, newcomer))
        return latest_of(*greatest->owner);
    const auto latest = latest_of(newcomer);
    if (latest == bodies_.end() || latest->body->due() + tolerated_delay > now + input_patience)
        return bodies_.end();
    return latest;
}

} // namespace docker_run
