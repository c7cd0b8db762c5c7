#include "image/image_pattern.hpp"

#include "docker/image_reference.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace docker_run {

namespace {

constexpr std::string_view digest_prefix = "sha256:";
constexpr std::size_t digest_digits = 64;
constexpr std::string_view default_registry = "docker.io/";
constexpr std::string_view official = "library/";

bool is_id(std::string_view reference) {
    if (reference.starts_with(digest_prefix))
        reference.remove_prefix(digest_prefix.size());
    return reference.size() == digest_digits &&
           reference.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

struct name_parts {
    std::string_view repository, tag, digest;
};

/// The colon of a port is followed by a slash later, that of a tag is not.
name_parts split(std::string_view text) {
    name_parts parts;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        parts.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    if (const auto colon = text.rfind(':');
        colon != std::string_view::npos && text.find('/', colon) == std::string_view::npos) {
        parts.tag = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    parts.repository = text;
    return parts;
}

/// The part before the first slash is a registry if it has a dot or a port, or is localhost.
std::string complete(std::string_view repository) {
    const auto slash = repository.find('/');
    const auto first = repository.substr(0, slash);
    const bool names_registry = slash != std::string_view::npos &&
                                (first.find_first_of(".:") != std::string_view::npos || first == "localhost");
    if (names_registry && first != "docker.io" && first != "index.docker.io")
        return std::string(repository);
    if (names_registry)
        repository.remove_prefix(slash + 1);
    std::string completed(default_registry);
    if (repository.find('/') == std::string_view::npos)
        completed += official;
    return completed += repository;
}

/// Whether `glob` matches `text`. For each part of the glob it computes which beginnings of the text match so
/// far. The time is at most the product of both sizes, which matters because a caller chooses the text.
bool matches_glob(std::string_view text, std::string_view glob, bool star_stops_at_slash) {
    std::vector<bool> reached(text.size() + 1, false);
    reached[0] = true;
    while (!glob.empty()) {
        const auto stars = std::min(glob.find_first_not_of('*'), glob.size());
        const bool any = stars > 1 || (stars == 1 && !star_stops_at_slash);
        if (stars > 0) {
            for (std::size_t i = 0; i < text.size(); ++i)
                if (reached[i] && (any || text[i] != '/'))
                    reached[i + 1] = true;
        } else {
            for (std::size_t i = text.size(); i > 0; --i)
                reached[i] = reached[i - 1] && text[i - 1] == glob.front();
            reached[0] = false;
        }
        glob.remove_prefix(std::max<std::size_t>(stars, 1));
    }
    return reached[text.size()];
}

/// A pattern is well-formed if it is a valid name with letters in place of its stars.
bool is_name_pattern(std::string_view text) {
    std::string example(text);
    std::ranges::replace(example, '*', 'x');
    return docker::image_reference_fault(example).empty() && !is_id(example);
}

} // namespace

image_name image_name::of(std::string_view reference) {
    if (is_id(reference))
        return {};
    const auto parts = split(reference);
    image_name name{complete(parts.repository), std::string(parts.tag)};
    if (!parts.digest.empty())
        name.tag.clear();
    else if (name.tag.empty())
        name.tag = "latest";
    return name;
}

image_name image_name::of(std::string_view reference, const image_content& content) {
    auto name = of(reference);
    const auto digits = content.id.substr(std::min(content.id.find(':') + 1, content.id.size()));
    const bool begins_id = content.id.starts_with(reference) || digits.starts_with(reference);
    if (begins_id && std::ranges::none_of(content.repository_tags,
                                          [&name](std::string_view each) { return name.is_listed_as(each); }))
        return {};
    return name;
}

/// Podman lists an image without a registry as localhost/NAME.
bool image_name::is_listed_as(std::string_view listed) const {
    constexpr std::string_view local = "localhost/";
    return of(listed) == *this || (listed.starts_with(local) && of(listed.substr(local.size())) == *this);
}

std::optional<image_pattern> image_pattern::parse(std::string_view text) {
    image_pattern pattern;
    if (is_id(text)) {
        if (!text.starts_with(digest_prefix))
            return std::nullopt;
        pattern.digest_ = text;
        return pattern;
    }
    if (!is_name_pattern(text))
        return std::nullopt;
    const auto parts = split(text);
    pattern.repository_ =
        parts.repository.starts_with("**") ? std::string(parts.repository) : complete(parts.repository);
    pattern.tag_ = parts.tag;
    pattern.digest_ = parts.digest;
    return pattern;
}

bool image_pattern::matches(const image_name& name) const {
    if (repository_.empty())
        return true;
    return !name.repository.empty() && matches_glob(name.repository, repository_, true) &&
           (tag_.empty() || matches_glob(name.tag, tag_, false));
}

bool image_pattern::matches(const image_name& name, const image_content& content) const {
    if (!matches(name))
        return false;
    return digest_.empty() || content.id == digest_ ||
           std::ranges::any_of(content.repository_digests, [this](std::string_view digest) {
               return digest.substr(std::min(digest.find('@') + 1, digest.size())) == digest_;
           });
}

} // namespace docker_run
