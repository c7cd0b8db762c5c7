#include "docker/image_reference.hpp"

#include <algorithm>

namespace docker_run::docker {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view lower_case_and_digits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view tag_first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::string_view tag_rest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

constexpr std::string_view digest_algorithm = "sha256:";
constexpr std::size_t digest_digits = 64;
constexpr std::size_t max_port_digits = 5;

bool consists_of(std::string_view text, std::string_view characters) {
    return text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_digest(std::string_view text) {
    if (!text.starts_with(digest_algorithm))
        return false;
    text.remove_prefix(digest_algorithm.size());
    return text.size() == digest_digits && consists_of(text, "0123456789abcdef");
}

bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= max_image_tag_size && consists_of(text.substr(0, 1), tag_first) &&
           consists_of(text, tag_rest);
}

// One of ".", "_" and "__", or any number of "-".
bool is_separator(std::string_view text) {
    return text == "." || text == "_" || text == "__" || (!text.empty() && consists_of(text, "-"));
}

// Groups of lower-case letters and digits, with separators between them.
bool is_path_component(std::string_view text) {
    for (;;) {
        const auto group = std::min(text.find_first_not_of(lower_case_and_digits), text.size());
        if (group == 0)
            return false;
        text.remove_prefix(group);
        if (text.empty())
            return true;
        const auto separator = std::min(text.find_first_of(lower_case_and_digits), text.size());
        if (!is_separator(text.substr(0, separator)))
            return false;
        text.remove_prefix(separator);
    }
}

// A registry's host may carry a port, the only colon in a name.
bool is_first_component(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return is_path_component(text);
    const auto port = text.substr(colon + 1);
    return is_path_component(text.substr(0, colon)) && !port.empty() && port.size() <= max_port_digits &&
           consists_of(port, digits);
}

bool is_name(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos)
        return is_path_component(text);
    if (!is_first_component(text.substr(0, slash)))
        return false;
    for (text.remove_prefix(slash + 1);;) {
        const auto end = text.find('/');
        if (!is_path_component(text.substr(0, end)))
            return false;
        if (end == std::string_view::npos)
            return true;
        text.remove_prefix(end + 1);
    }
}

// Splits off ":TAG": the part after the last colon, unless a slash follows. Then the colon belongs to a port.
std::string_view take_tag(std::string_view& name) {
    const auto colon = name.rfind(':');
    if (colon == std::string_view::npos || name.find('/', colon) != std::string_view::npos)
        return {};
    const auto tag = name.substr(colon);
    name = name.substr(0, colon);
    return tag;
}

} // namespace

std::string image_reference_fault(std::string_view reference) {
    if (reference.empty())
        return "the image name is empty";
    if (is_digest(reference))
        return {};

    auto name = reference;
    const auto at = name.find('@');
    if (at != std::string_view::npos) {
        if (!is_digest(name.substr(at + 1)))
            return "the image's digest is not 'sha256:' and 64 hexadecimal digits in lower case";
        name = name.substr(0, at);
    }
    const auto tag = take_tag(name);
    if (!tag.empty() && !is_tag(tag.substr(1)))
        return "the image's tag is not 1 to 128 letters, digits, '_', '.' and '-'";
    if (name.size() > max_image_name_size)
        return "the image name is longer than 255 characters";
    if (!is_name(name))
        return "invalid reference format";
    return {};
}

} // namespace docker_run::docker
