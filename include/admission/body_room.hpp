#pragma once

#include "admission/share_policy.hpp"
#include "async/paced_input.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace docker_run {

/// The bodies that are on their way, so many at most: they are memory. Where all the room is taken, a body
/// gives way to a new one if its name has more of the room than the new one's would have, for their weights,
/// or if it is of the same name and behind its least rate. So bodies that never come keep nobody out.
///
/// Pure bookkeeping: no clock, no lock.
class body_room {
  public:
    using clock = std::chrono::steady_clock;
    using share = share_policy::share;

    explicit body_room(std::size_t places) : places_(places) {}

    /// False: there is no room, and nobody who would have to give way.
    bool enter(share& owner, std::shared_ptr<paced_input> body, clock::time_point now);

    /// Nothing happens where it has given way before.
    void leave(const paced_input& body);

    [[nodiscard]] std::size_t size() const { return bodies_.size(); }

  private:
    struct guest {
        share* owner;
        std::shared_ptr<paced_input> body;
    };
    using guests = std::vector<guest>;

    guests::iterator latest_of(const share& owner);
    guests::iterator chosen_to_give_way(const share& newcomer, clock::time_point now);
    void remove(guests::iterator which);

    std::size_t places_;
    guests bodies_;
};

} // namespace docker_run
