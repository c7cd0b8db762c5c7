#pragma once

#include "http/ip_prefix.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace docker_run::http {

/// Limits how many connections callers may hold. The caller of a connection is a stranger until one of its
/// requests on that connection shows a valid token. Then it is known.
///
/// - A newcomer is a stranger. It gets a place if there are fewer connections than the limit, or if the
///   stranger that has been silent longest has been silent for `patience`. That stranger must then leave.
/// - Otherwise the newcomer waits at the door and may send a request: a health check is answered, a valid
///   token makes it known, and any other request gets a 503. A fixed number of connections beyond the limit
///   may wait at the door. When these are used up too, the stranger that has been silent longest must leave,
///   even if it was silent only briefly. So a newcomer is always accepted, and it can stay until as many
///   others have come as there are places for strangers.
/// - A known caller keeps its place. The number of known callers never exceeds the limit.
/// - The connections of one address have their own limit, with the same rules: the newcomers of an address
///   replace strangers of the same address.
///
/// Every function takes constant time, apart from a factor logarithmic in the number of addresses. Not
/// thread-safe. The caller supplies the time.
class connection_quota {
  public:
    using clock = std::chrono::steady_clock;
    using member = const void*; ///< a connection: a pointer that is unique while it is a member

    struct limits {
        std::size_t all;
        std::size_t per_address;
    };

    /// How many may wait at the door: beyond the limit of all connections, and beyond that of one address.
    static constexpr std::size_t room_at_the_door = 64;
    static constexpr std::size_t room_of_an_address = 16;
    /// A stranger that was silent for this long loses its place to a newcomer that would have none (T4).
    static constexpr std::chrono::seconds patience{10};

    struct arrival {
        bool has_place = true;       ///< false: it waits at the door
        std::vector<member> leaving; ///< strangers to close for it; they no longer count
    };

    explicit connection_quota(limits most) : all_{most.all, room_at_the_door, 0, {}}, most_(most) {}

    /// `address`: the address that it counts for; nothing if only the limit of all connections applies.
    arrival enter(member newcomer, const std::optional<ip_prefix>& address, clock::time_point now);
    /// Call it when a stranger has sent a request.
    void renew(member who, clock::time_point now);
    /// Call it when a stranger has shown a valid token. False: known callers hold all places.
    [[nodiscard]] bool recognise(member who);
    /// Call it when the connection is closed.
    void leave(member who);

    /// How many strangers had to leave for newcomers so far.
    std::size_t displaced() const { return displaced_; }

  private:
    /// The connections under one limit. The strangers are in the order of their last request, oldest first.
    struct group {
        std::size_t limit;
        std::size_t room;
        std::size_t known;
        std::list<member> strangers;
        std::size_t size() const { return known + strangers.size(); }
    };
    enum class standing { stranger, known, leaving };
    struct record {
        std::optional<ip_prefix> address;
        clock::time_point heard;
        standing now = standing::stranger;
        std::list<member>::iterator in_all;
        std::list<member>::iterator in_address; ///< only valid with an address
    };

    group& group_of(const ip_prefix& address);
    void make_room(const group& members, clock::time_point now, arrival& result);
    void forget_stranger(record& stranger);
    void drop_if_empty(const std::optional<ip_prefix>& address);

    group all_;
    limits most_;
    std::map<ip_prefix, group> addresses_; ///< addresses that have a connection
    std::unordered_map<member, record> records_;
    std::size_t displaced_ = 0;
};

} // namespace docker_run::http
