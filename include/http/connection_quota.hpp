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

/// Who may hold how many connections. A caller is a stranger until one of its requests on that connection has
/// shown a valid token; from then on it is known.
///
/// - A newcomer is a stranger. It gets a place while there are fewer connections than the limit, or if the
///   stranger that has been silent longest has been so for `patience`: that one leaves.
/// - Otherwise the newcomer waits at the door, where it may say what it wants: a health check is answered, a
///   valid token makes it known, everybody else is told to come again. Beyond the limit there is room for
///   some at the door, and where that is used up the stranger that has been silent longest leaves, however
///   short. So a newcomer always gets in, and has until as many others have come as there are places for
///   strangers.
/// - A known caller keeps its place. There are at most as many of them as the limit says.
/// - The connections of one address are bounded in the same way by a limit of their own: its newcomers are at
///   the expense of its own strangers.
///
/// Every function takes a time that does not grow with the number of connections, but for the logarithm of
/// the number of addresses. Not thread-safe; a clock is its caller's.
class connection_quota {
  public:
    using clock = std::chrono::steady_clock;
    using member = const void*; ///< a connection, by an address that is its own while it is a member

    struct limits {
        std::size_t all;
        std::size_t per_address;
    };

    /// How many may wait at the door beyond the limit of all, and of one address.
    static constexpr std::size_t room_at_the_door = 64;
    static constexpr std::size_t room_of_an_address = 16;
    /// Who was silent for so long gives its place to a newcomer that would have none (T4).
    static constexpr std::chrono::seconds patience{10};

    struct arrival {
        bool has_place = true;       ///< false: it waits at the door
        std::vector<member> leaving; ///< strangers that must be closed for it; they count no more
    };

    explicit connection_quota(limits most) : all_{most.all, room_at_the_door, 0, {}}, most_(most) {}

    /// `address`: what it is counted under besides; nothing where only the limit of all holds for it.
    arrival enter(member newcomer, const std::optional<ip_prefix>& address, clock::time_point now);
    /// A stranger has said something.
    void renew(member who, clock::time_point now);
    /// A stranger has shown a valid token. False: all places are held by callers that have done so before.
    [[nodiscard]] bool recognise(member who);
    /// The connection is closed.
    void leave(member who);

    /// How many strangers had to leave for others so far.
    std::size_t displaced() const { return displaced_; }

  private:
    /// What one limit is about. The strangers stand in the order in which they were heard last.
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
        std::list<member>::iterator in_address; ///< only where there is an address
    };

    group& group_of(const ip_prefix& address);
    void make_room(const group& wanted, clock::time_point now, arrival& made);
    void forget_stranger(record& of);
    void drop_if_empty(const std::optional<ip_prefix>& address);

    group all_;
    limits most_;
    std::map<ip_prefix, group> addresses_; ///< those with a connection
    std::unordered_map<member, record> records_;
    std::size_t displaced_ = 0;
};

} // namespace docker_run::http
