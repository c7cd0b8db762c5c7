#pragma once

#include "image/image_pattern.hpp"

#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// How many runs may wait for each that may run, where no setting and no token says otherwise.
inline constexpr std::size_t default_queue_factor = 4;

/// The share of the daemon that the callers of one name may use at the same time.
struct caller_share {
    static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

    std::size_t runs = unbounded;  ///< running at once
    std::size_t queue = unbounded; ///< waiting, or with a body that is being received
    unsigned weight = 1;           ///< number of turns for each turn of a name with weight 1

    /// How many runs the name may have in all: running and waiting ones.
    [[nodiscard]] std::size_t places() const { return runs > unbounded - queue ? unbounded : runs + queue; }
    friend bool operator==(const caller_share&, const caller_share&) = default;
};

/// A caller of the daemon, as named in the operator's token file. Immutable once it is shared.
struct caller {
    std::string name; ///< empty: all callers whose token has no name
    caller_share share;
    std::vector<image_pattern> images; ///< images it may run; empty: all that the policy grants
    friend bool operator==(const caller&, const caller&) = default;

    /// Whether it may run an image with that name, while its content is not known. `reference` must have
    /// passed the strict grammar.
    [[nodiscard]] bool may_run(std::string_view reference) const;

    /// The same once the content is known.
    [[nodiscard]] bool may_run(std::string_view reference, const image_content& content) const;
};

/// A token and its owner.
struct access_token {
    std::string text;
    std::shared_ptr<const caller> owner; ///< never null
};

/// The shares of all names that have a token.
std::map<std::string, caller_share> shares_of(std::span<const access_token> tokens);

} // namespace docker_run
