#include "settings/token_line.hpp"

#include "settings/setting_value.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace docker_run {

namespace {

constexpr std::size_t max_name_size = 64;

/// Whether a name is fit for a log, for a label of a container and for a label of a metric.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= max_name_size && std::ranges::all_of(text, [](char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
               (character >= '0' && character <= '9') || character == '.' || character == '_' ||
               character == '-';
    });
}

bool read_name(std::string_view value, caller& owner) {
    owner.name = value;
    return is_name(value);
}

template <typename T, T caller_share::* Member>
bool read_share(std::string_view value, value_range range, caller& owner) {
    std::int64_t number = 0;
    if (!read_integer(value, range, number))
        return false;
    owner.share.*Member = static_cast<T>(number);
    return true;
}

bool read_images(std::string_view value, caller& owner) {
    while (true) {
        const auto comma = value.find(',');
        auto pattern = image_pattern::parse(value.substr(0, comma));
        if (!pattern)
            return false;
        owner.images.push_back(std::move(*pattern));
        if (comma == std::string_view::npos)
            return true;
        value.remove_prefix(comma + 1);
    }
}

constexpr value_range runs_range{1, 1'024};
constexpr value_range queue_range{0, 1'000'000};
constexpr value_range weight_range{1, 1'000};

/// A key that may follow a token.
struct token_key {
    std::string_view name;
    bool (*read)(std::string_view value, caller& owner);
    std::string_view rule;
};

constexpr token_key keys[] = {
    {"name", read_name, "1 to 64 of the characters A-Z a-z 0-9 . _ -"},
    {"runs",
     [](std::string_view value, caller& owner) {
         return read_share<std::size_t, &caller_share::runs>(value, runs_range, owner);
     },
     "an integer from 1 to 1024"},
    {"queue",
     [](std::string_view value, caller& owner) {
         return read_share<std::size_t, &caller_share::queue>(value, queue_range, owner);
     },
     "an integer from 0 to 1000000"},
    {"weight",
     [](std::string_view value, caller& owner) {
         return read_share<unsigned, &caller_share::weight>(value, weight_range, owner);
     },
     "an integer from 1 to 1000"},
    {"images", read_images, "image patterns such as docker-run/*, separated by commas"},
};

/// Returns the fault of the words that follow the token, or nullopt.
std::optional<std::string> read_pairs(std::span<const std::string> words, caller& owner) {
    std::set<std::string_view> seen;
    for (const std::string_view word : words) {
        const auto equals = word.find('=');
        const auto key = std::ranges::find(keys, word.substr(0, equals), &token_key::name);
        if (key == std::end(keys) || equals == std::string_view::npos)
            return "is not a token, or what follows it is not name=, runs=, queue=, weight= or images=";
        if (!seen.insert(key->name).second)
            return "has " + std::string(key->name) + " twice";
        if (!key->read(word.substr(equals + 1), owner))
            return "has a wrong " + std::string(key->name) + ": it must be " + std::string(key->rule);
    }
    if (!seen.empty() && !seen.contains("name"))
        return "has " + std::string(*seen.begin()) + " without a name";
    if (seen.contains("runs") && !seen.contains("queue"))
        owner.share.queue = default_queue_factor * owner.share.runs;
    return std::nullopt;
}

} // namespace

bool is_access_token(std::string_view text) {
    return !text.empty() && text.size() <= max_access_token_size &&
           std::all_of(text.begin(), text.end(),
                       [](char character) { return character > ' ' && character <= '~'; });
}

std::variant<token_line, token_line_fault> parse_token_line(std::string_view line) {
    const auto words = split_words(line);
    if (words.empty() || line.starts_with(' ') || !is_access_token(words.front()))
        return token_line_fault{"is not a token"};
    token_line read{words.front(), {}};
    if (auto fault = read_pairs(std::span(words).subspan(1), read.owner))
        return token_line_fault{std::move(*fault)};
    return read;
}

} // namespace docker_run
