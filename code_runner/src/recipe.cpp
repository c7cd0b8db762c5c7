#include "recipe.hpp"

#include "failure.hpp"
#include "unique_fd.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>

namespace code_runner {
namespace {

constexpr std::size_t maximum_recipe_bytes = std::size_t{64} * 1024;

words split(std::string_view line) {
    words result;
    while (true) {
        const auto start = line.find_first_not_of(" \t");
        if (start == std::string_view::npos)
            return result;
        line.remove_prefix(start);
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        result.emplace_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

void apply_line(image_recipe& result, const words& line) {
    const words values{line.begin() + 1, line.end()};
    if (values.empty())
        throw failure{"The recipe's line `" + line[0] + "` has no value"};

    if (line[0] == "language")
        result.language = values[0];
    else if (line[0] == "build")
        result.build.push_back(values);
    else if (line[0] == "run")
        result.run = values;
    else if (line[0] == "prestart")
        result.prestart = values[0];
    else if (line[0] == "prestart-unless-text")
        result.prestart_unless_text.push_back(values[0]);
    else if (line[0] == "prestart-unless-file")
        result.prestart_unless_file.push_back(values[0]);
    else if (line[0] == "resident-build")
        result.resident_build = values;
    else
        throw failure{"The recipe has an unknown line `" + line[0] + "`"};
}

std::string_view extension_of(std::string_view name) {
    const auto base = name.substr(name.rfind('/') + 1);
    const auto dot = base.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string_view{} : base.substr(dot + 1);
}

std::string class_of(std::string_view name) {
    std::string stem{name.substr(name.rfind('/') + 1)};
    const auto dot = stem.rfind('.');
    if (dot != std::string::npos && dot != 0)
        stem.resize(dot);
    if (stem.size() > 1 && stem[0] >= 'a' && stem[0] <= 'z')
        stem[0] = static_cast<char>(stem[0] - 'a' + 'A');
    return stem;
}

/// "-x" would be an option, and some compilers give "@x" and "+x" a special meaning.
std::string as_argument(const std::string& name) {
    const bool special = name[0] == '-' || name[0] == '@' || name[0] == '+';
    return special ? "./" + name : name;
}

words others_with(std::string_view extension, const std::vector<source_file>& files) {
    words result;
    for (std::size_t index = 1; index < files.size(); ++index)
        if (extension_of(files[index].name) == extension)
            result.push_back(as_argument(files[index].name));
    return result;
}

/// X of a word that is "{KIND:X}".
std::optional<std::string_view> value_in(std::string_view word, std::string_view kind) {
    if (!word.starts_with(kind) || !word.ends_with('}'))
        return std::nullopt;
    return word.substr(kind.size(), word.size() - kind.size() - 1);
}

bool is_each(std::string_view word) {
    return value_in(word, "{each:").has_value();
}

void replace(std::string& word, std::string_view placeholder, const std::string& value) {
    const auto position = word.find(placeholder);
    if (position != std::string::npos)
        word.replace(position, placeholder.size(), value);
}

words expand_once(const words& command, const std::vector<source_file>& files, output_mode mode,
                  const std::string& each) {
    words result;
    for (const std::string& word : command) {
        if (const auto extension = value_in(word, "{others:")) {
            std::ranges::move(others_with(*extension, files), std::back_inserter(result));
        } else if (const auto reversed = value_in(word, "{reversed:")) {
            words names = others_with(*reversed, files);
            std::ranges::reverse(names);
            std::ranges::move(names, std::back_inserter(result));
        } else if (value_in(word, "{each:")) {
            result.push_back(each);
        } else if (const auto live = value_in(word, "{live:")) {
            if (mode == output_mode::live)
                result.emplace_back(*live);
        } else if (word.find("{main}") != std::string::npos) {
            result.push_back(word);
            replace(result.back(), "{main}", as_argument(files[0].name));
        } else {
            result.push_back(word);
            replace(result.back(), "{class}", class_of(files[0].name));
        }
    }
    return result;
}

} // namespace

image_recipe parse_recipe(std::string_view text) {
    image_recipe result;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const words line = split(text.substr(0, end));
        if (!line.empty() && !line[0].starts_with('#'))
            apply_line(result, line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (std::ranges::any_of(result.run, is_each))
        throw failure{"The recipe's line `run` is for one program, {each:EXT} is for several"};
    return result;
}

image_recipe load_recipe(const std::string& path) {
    const unique_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file && errno == ENOENT)
        return {};
    if (!file)
        throw system_failure("Failed to open the recipe '" + path + "'", errno);

    std::string text;
    char buffer[4096];
    while (text.size() < maximum_recipe_bytes) {
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count < 0)
            throw system_failure("Failed to read the recipe '" + path + "'", errno);
        if (count == 0)
            return parse_recipe(text);
        text.append(buffer, static_cast<std::size_t>(count));
    }
    throw failure{"The recipe '" + path + "' is too long"};
}

std::vector<words> expand(const words& command, const std::vector<source_file>& files, output_mode mode) {
    for (const std::string& word : command) {
        const auto extension = value_in(word, "{each:");
        if (!extension)
            continue;
        std::vector<words> result;
        for (const std::string& name : others_with(*extension, files))
            result.push_back(expand_once(command, files, mode, name));
        return result;
    }
    return {expand_once(command, files, mode, {})};
}

} // namespace code_runner
