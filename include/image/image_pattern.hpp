#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace docker_run {

struct image_content;

/// The name of an image, completed by the rules of the distribution project: "python" is the tag "latest" of
/// the repository "docker.io/library/python".
struct image_name {
    std::string repository; ///< empty: the image was named by its id
    std::string tag;        ///< empty if there is a digest instead

    /// `reference` must have passed the strict grammar.
    static image_name of(std::string_view reference);
    /// The same if the engine has found `content` by `reference`. The engine also finds an image by the first
    /// digits of its id, if no image has that name.
    static image_name of(std::string_view reference, const image_content& content);

    /// Whether this is the name of an image for which the engine lists the tag `listed`.
    [[nodiscard]] bool is_listed_as(std::string_view listed) const;

    friend bool operator==(const image_name&, const image_name&) = default;
};

/// The data of the engine about an image.
struct image_content {
    std::string_view id;                                  ///< "sha256:…"; empty: there is no such image
    std::span<const std::string> repository_tags = {};    ///< "NAME:TAG" each
    std::span<const std::string> repository_digests = {}; ///< "NAME@sha256:…" each
};

/// A pattern that selects images: `NAME[:TAG][@sha256:DIGEST]` or `sha256:DIGEST`.
///
/// In NAME, `*` stands for any characters except `/`, and `**` for any characters. In TAG both stand for any
/// characters. Without TAG every tag matches. NAME is completed like an image's name, unless it begins with
/// `**`. DIGEST is the image's id or one of its repository digests; without it every content matches. NAME
/// never matches an image that was named by its id.
class image_pattern {
  public:
    /// nullopt if the text is not a valid pattern.
    static std::optional<image_pattern> parse(std::string_view text);

    /// Whether it can match an image with this name while its content is unknown.
    [[nodiscard]] bool matches(const image_name& name) const;
    [[nodiscard]] bool matches(const image_name& name, const image_content& content) const;

    /// Whether only one content can match, even if its name refers to another one later.
    [[nodiscard]] bool pins_content() const noexcept { return !digest_.empty(); }

    friend bool operator==(const image_pattern&, const image_pattern&) = default;

  private:
    std::string repository_; ///< empty: any name or no name
    std::string tag_;        ///< empty: any
    std::string digest_;     ///< "sha256:…"; empty: any content
};

} // namespace docker_run
