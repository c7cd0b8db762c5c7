#include "image/image_policy.hpp"

#include <algorithm>

namespace docker_run {

image_policy::image_policy(const policy_settings& policy, const container_options& defaults) {
    if (policy.file.empty())
        others_ = std::make_shared<container_options>(defaults);
    for (const auto& each : policy.rules)
        rules_.push_back({each.match, std::make_shared<container_options>(each.options)});
    intern_options(*this);
}

void image_policy::intern_options(const image_policy& older) {
    for (auto& each : rules_)
        older.share(each.granted);
    if (others_)
        older.share(others_);
}

void image_policy::share(options& granted) const {
    for (const auto& each : rules_) {
        if (*each.granted == *granted) {
            granted = each.granted;
            return;
        }
    }
    if (others_ && *others_ == *granted)
        granted = others_;
}

bool image_policy::may_grant(std::string_view reference) const {
    if (others_)
        return true;
    const auto name = image_name::of(reference);
    return std::ranges::any_of(rules_, [&](const rule& each) {
        return std::ranges::any_of(each.match, [&](const auto& pattern) { return pattern.matches(name); });
    });
}

image_policy::verdict image_policy::match(std::string_view reference, const image_content& content) const {
    const auto name = image_name::of(reference, content);
    // A few digits find any image of the engine, even one without a name. The full id is allowed, because it
    // cannot be guessed.
    const bool is_found_by_digits = name.repository.empty() && !image_name::of(reference).repository.empty();
    if (is_found_by_digits && others_)
        return {};
    for (const auto& each : rules_)
        for (const auto& pattern : each.match)
            if (pattern.matches(name, content))
                return {each.granted, pattern.pins_content()};
    return {others_, false};
}

} // namespace docker_run
