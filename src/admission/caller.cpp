#include "admission/caller.hpp"

#include <algorithm>

namespace docker_run {

bool caller::may_run(std::string_view reference) const {
    const auto image = image_name::of(reference);
    return images.empty() ||
           std::ranges::any_of(images, [&image](const image_pattern& each) { return each.matches(image); });
}

bool caller::may_run(std::string_view reference, const image_content& content) const {
    const auto image = image_name::of(reference, content);
    return images.empty() || std::ranges::any_of(images, [&](const image_pattern& each) {
               return each.matches(image, content);
           });
}

std::map<std::string, caller_share> shares_of(std::span<const access_token> tokens) {
    std::map<std::string, caller_share> shares;
    for (const auto& each : tokens)
        shares.insert_or_assign(each.owner->name, each.owner->share);
    return shares;
}

} // namespace docker_run
