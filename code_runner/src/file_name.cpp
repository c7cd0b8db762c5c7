#include "file_name.hpp"

#include "failure.hpp"

#include <algorithm>

namespace code_runner {
namespace {

/// Empty if the name is not that of a file below the work directory.
std::vector<std::string> parts_of_file(std::string_view name) {
    if (name.starts_with('/') || name.ends_with('/'))
        return {};
    std::vector<std::string> result;
    while (!name.empty()) {
        const auto end = std::min(name.find('/'), name.size());
        const std::string_view part = name.substr(0, end);
        name.remove_prefix(std::min(end + 1, name.size()));
        if (part == "..")
            return {};
        if (!part.empty() && part != ".")
            result.emplace_back(part);
    }
    return result;
}

} // namespace

std::vector<std::string> components_of(std::string_view name) {
    std::vector<std::string> result = parts_of_file(name);
    if (result.empty())
        throw failure{"Error, the file name '" + std::string{name} + "' is not one below the work directory"};
    return result;
}

std::string plain_name(std::string_view name) {
    std::string result;
    for (const std::string& part : components_of(name))
        result += (result.empty() ? "" : "/") + part;
    return result;
}

} // namespace code_runner
