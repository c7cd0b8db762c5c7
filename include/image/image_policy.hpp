#pragma once

#include "image/image_pattern.hpp"
#include "image/policy_settings.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace docker_run {

/// Says which images may be run, and with which options. A value: the operator's new policy is a new one.
class image_policy {
  public:
    using options = std::shared_ptr<const container_options>;

    /// What a run of an image gets; no options: the image is refused.
    struct verdict {
        options granted;
        bool by_content =
            false; ///< granted to this content only: the name may mean another one a moment later
    };

    /// Without a policy file every image gets `defaults`, but not where it was called by the first digits of
    /// its id alone: anybody can guess those.
    image_policy(const policy_settings& policy, const container_options& defaults);

    /// Uses the options of an older policy where they are equal, so that equal options are one object, by
    /// which the pool knows its containers.
    void share_options_with(const image_policy& older);

    /// Whether an image of that name may be granted anything, whatever it is. `reference` must have passed
    /// the strict grammar.
    [[nodiscard]] bool may_grant(std::string_view reference) const;

    [[nodiscard]] verdict judge(std::string_view reference, const image_content& content) const;

  private:
    struct rule {
        std::vector<image_pattern> match;
        options granted;
    };
    void share(options& granted) const;

    std::vector<rule> rules_; ///< the first that matches counts
    options others_;          ///< for what none matches; null: refused
};

} // namespace docker_run
