#pragma once

#include "admission/share_policy.hpp"
#include "async/paced_input.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace docker_run {

/// Limits the number of request bodies that are being received, because they take memory. When all places are
/// taken, a body must give way to a new one in two cases: its name has more places for its weight than the
/// name of the new body would have, or it has the same name and is behind its least rate. So bodies that
/// never arrive keep nobody out.
///
/// Pure bookkeeping: no clock, no lock.
class body_room {
  public:
    using clock = std::chrono::steady_clock;
    using share = share_policy::share;

    explicit body_room(std::size_t places) : places_(places) {}

    /// Adds a body. False: there is no place, and no body that must give way.
    bool enter(share& owner, std::shared_ptr<paced_input> body, clock::time_point now);

    /// Removes a body. Has no effect if it has given way.
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
    void remove(guests::iterator position);

    std::size_t places_;
    guests bodies_;
};

} // namespace docker_run
