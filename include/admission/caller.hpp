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

/// What the callers of one name may take of the daemon at once.
struct caller_share {
    static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

    std::size_t runs = unbounded;  ///< that are running
    std::size_t queue = unbounded; ///< that wait, or whose bodies are on their way
    unsigned weight = 1;           ///< turns that it gets for one turn of a name with weight 1

    /// All runs of the name: those that may run and those that may wait.
    [[nodiscard]] std::size_t places() const { return runs > unbounded - queue ? unbounded : runs + queue; }
    friend bool operator==(const caller_share&, const caller_share&) = default;
};

/// Who may call, as the operator names him in the token file. Immutable once it is shared.
struct caller {
    std::string name; ///< empty: everybody whose token has no name
    caller_share share;
    std::vector<image_pattern> images; ///< what he may run of what the policy grants; empty: all of it
    friend bool operator==(const caller&, const caller&) = default;

    /// Whether he may run an image of that name, as long as its content is not known. `reference` must have
    /// passed the strict grammar.
    [[nodiscard]] bool may_run(std::string_view reference) const;

    /// The same once the content is known.
    [[nodiscard]] bool may_run(std::string_view reference, const image_content& content) const;
};

/// A token and whose it is.
struct access_token {
    std::string text;
    std::shared_ptr<const caller> owner; ///< never null
};

/// The shares of all names that have a token.
std::map<std::string, caller_share> shares_of(std::span<const access_token> tokens);

} // namespace docker_run
