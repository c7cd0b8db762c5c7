#include "settings/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace docker_run {

namespace {

constexpr std::size_t max_file_size = 1'048'576;
constexpr std::string_view white_space = " \t";

bool is_variable_name(std::string_view text) {
    return !text.empty() && text.find_first_of("0123456789") != 0 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
               std::string_view::npos;
}

bool has_outer_white_space(std::string_view text) {
    return text.find_first_of(white_space) == 0 || text.find_last_of(white_space) == text.size() - 1;
}

std::optional<std::string> fault_of_value(std::string_view value) {
    if (value.empty())
        return std::nullopt;
    if (has_outer_white_space(value))
        return "white space around the value";
    if (std::any_of(value.begin(), value.end(),
                    [](unsigned char byte) { return byte < ' ' || byte == '\x7f'; }))
        return "a control character in the value (is the file in DOS format?)";
    if (value.front() == '"' || value.front() == '\'')
        return "a quoted value, which systemd and docker read differently: leave the quotes out";
    if (value.back() == '\\')
        return "a backslash at the end of the line, which systemd takes for a continuation";
    return std::nullopt;
}

std::optional<std::string> fault_of_line(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
        return "not of the form NAME=VALUE";
    if (!is_variable_name(line.substr(0, equals)))
        return "what stands in front of the '=' is not a variable's name";
    return fault_of_value(line.substr(equals + 1));
}

bool is_comment(std::string_view line) {
    const auto first = line.find_first_not_of(white_space);
    return first == std::string_view::npos || line[first] == '#';
}

} // namespace

environment process_environment() {
    environment variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

std::variant<environment, std::vector<env_file_fault>> parse_env_file(std::string_view text) {
    environment variables;
    std::vector<env_file_fault> faults;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (is_comment(line))
            continue;
        if (auto reason = fault_of_line(line)) {
            faults.push_back({number, std::move(*reason)});
            continue;
        }
        const auto equals = line.find('=');
        variables.insert_or_assign(std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)));
    }
    if (!faults.empty())
        return faults;
    return variables;
}

std::variant<environment, std::vector<env_file_fault>> read_env_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(max_file_size + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (!file.eof() || file.bad())
        return std::vector<env_file_fault>{
            {0, text.size() > max_file_size ? "larger than 1 MiB" : "cannot be read"}};
    return parse_env_file(text);
}

} // namespace docker_run
