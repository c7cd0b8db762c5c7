#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace docker_run {

struct image_content;

/// What an image is called, completed in the way of the distribution project: "python" is the tag "latest" of
/// the repository "docker.io/library/python".
struct image_name {
    std::string repository; ///< empty: the image was called by its id
    std::string tag;        ///< empty where a digest stands in its place

    /// `reference` must have passed the strict grammar.
    static image_name of(std::string_view reference);
    /// The same where the engine has found `content` by it: it takes the first digits of an id for the image,
    /// where no image is called so.
    static image_name of(std::string_view reference, const image_content& content);

    /// Whether an engine that lists this tag for an image calls it so.
    [[nodiscard]] bool is_listed_as(std::string_view listed) const;

    friend bool operator==(const image_name&, const image_name&) = default;
};

/// What the engine knows of an image.
struct image_content {
    std::string_view id;                                  ///< "sha256:…"; empty: there is no such image
    std::span<const std::string> repository_tags = {};    ///< "NAME:TAG" each
    std::span<const std::string> repository_digests = {}; ///< "NAME@sha256:…" each
};

/// Which images something is for: `NAME[:TAG][@sha256:DIGEST]` or `sha256:DIGEST`.
///
/// In NAME a `*` stands for any characters but `/` and `**` for any; in TAG both do. Without TAG every tag
/// matches. NAME is completed like an image's name, unless it begins with `**`. DIGEST is the image's id or
/// one of its repository digests; without it every content matches. NAME never matches an image that was
/// called by its id.
class image_pattern {
  public:
    /// nullopt: the text is no pattern.
    static std::optional<image_pattern> parse(std::string_view text);

    /// Whether it can match an image of this name, as long as its content is not known.
    [[nodiscard]] bool matches(const image_name& name) const;
    [[nodiscard]] bool matches(const image_name& name, const image_content& content) const;

    /// Whether one content alone can match, whatever its name means later.
    [[nodiscard]] bool pins_content() const noexcept { return !digest_.empty(); }

    friend bool operator==(const image_pattern&, const image_pattern&) = default;

  private:
    std::string repository_; ///< empty: any name, and none
    std::string tag_;        ///< empty: any
    std::string digest_;     ///< "sha256:…"; empty: any content
};

} // namespace docker_run
