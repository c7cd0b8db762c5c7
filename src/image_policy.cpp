#include "image_policy.hpp"

#include <algorithm>

namespace docker_run {

namespace {

/// "sha256:…" without the algorithm.
std::string_view digits_of(std::string_view id) {
    return id.substr(std::min(id.find(':') + 1, id.size()));
}

/// Podman calls an image without a registry localhost/NAME.
bool is_tag_of(const std::string& tag, const image_name& name) {
    constexpr std::string_view local = "localhost/";
    const std::string_view text = tag;
    return image_name::of(text) == name ||
           (text.starts_with(local) && image_name::of(text.substr(local.size())) == name);
}

/// The engine takes the first digits of an id for the image, where no image is called so.
bool is_called_by_id(std::string_view reference, const image_name& name, const image_content& content) {
    return (content.id.starts_with(reference) || digits_of(content.id).starts_with(reference)) &&
           std::ranges::none_of(content.repository_tags,
                                [&name](const std::string& each) { return is_tag_of(each, name); });
}

bool is_whole_id(std::string_view reference, const image_content& content) {
    return reference == content.id || reference == digits_of(content.id);
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
    if (!content.id.empty() && is_called_by_id(reference, name, content)) {
        // A few digits find any image that the engine has, those without a name among them: whoever knows
        // all of them was told.
        if (others_ && !is_whole_id(reference, content))
            return {};
        name = {};
    }
    for (const auto& each : rules_)
        for (const auto& pattern : each.match)
            if (pattern.matches(name, content))
                return {each.granted, pattern.pins_content()};
    return {others_, false};
}

} // namespace docker_run
