#pragma once

#include "image/image_pattern.hpp"
#include "image/policy_settings.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace docker_run {

/// Decides which images may run, and with which options. A value type: a new policy of the operator is a new
/// object.
class image_policy {
  public:
    using options = std::shared_ptr<const container_options>;

    /// The decision about an image. Without options the image is refused.
    struct verdict {
        options granted;
        bool by_content = false; ///< granted to this content only; the name may refer to another one later
    };

    /// Without a policy file every image gets `defaults`, except an image that was named by only the first
    /// digits of its id: anybody can guess those.
    image_policy(const policy_settings& policy, const container_options& defaults);

    /// Takes over the options of an older policy that are equal, so that equal options are one object. The
    /// pool recognises its containers by that object.
    void intern_options(const image_policy& older);

    /// Whether any image with that name can be granted. `reference` must have passed the strict grammar.
    [[nodiscard]] bool may_grant(std::string_view reference) const;

    [[nodiscard]] verdict match(std::string_view reference, const image_content& content) const;

  private:
    struct rule {
        std::vector<image_pattern> match;
        options granted;
    };
    void share(options& granted) const;

    std::vector<rule> rules_; ///< the first match counts
    options others_;          ///< for images that no rule matches; null: refused
};

} // namespace docker_run
