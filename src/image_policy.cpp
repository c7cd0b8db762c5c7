#include "image_policy.hpp"

#include <algorithm>

namespace docker_run {

namespace {

/// The engine takes the first digits of an id for the image, where no image is called so.
bool is_called_by_id(std::string_view reference, const image_name& name, const image_content& content) {
    const auto digits = content.id.substr(std::min(content.id.find(':') + 1, content.id.size()));
    return (content.id.starts_with(reference) || digits.starts_with(reference)) &&
           std::ranges::none_of(content.repository_tags,
                                [&name](const std::string& each) { return image_name::of(each) == name; });
}

} // namespace

image_policy::image_policy(const config& settings) {
    if (settings.policy.file.empty())
        others_ = std::make_shared<container_options>(settings.container, settings.run.max_execution_time,
                                                      settings.run.max_output_size);
    for (const auto& each : settings.policy.rules)
        rules_.push_back({each.match, std::make_shared<container_options>(each.options)});
    share_options_with(*this);
}

void image_policy::share_options_with(const image_policy& older) {
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

image_policy::verdict image_policy::judge(std::string_view reference, const image_content& content) const {
    auto name = image_name::of(reference);
    if (is_called_by_id(reference, name, content))
        name = {};
    for (const auto& each : rules_)
        for (const auto& pattern : each.match)
            if (pattern.matches(name, content))
                return {each.granted, pattern.pins_content()};
    return {others_, false};
}

} // namespace docker_run
