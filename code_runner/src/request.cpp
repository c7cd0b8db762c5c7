#include "request.hpp"

#include "failure.hpp"
#include "file_name.hpp"

// Streams would add the C++ locale code to a program that should be small.
#define JSON_NO_IO 1
#include <nlohmann/json.hpp>

#include <unordered_map>
#include <utility>

namespace code_runner {
namespace {

using nlohmann::json;

failure malformed(const std::string& what) {
    return failure{"Failed to parse request json, " + what};
}

const json* find(const json& object, const char* name) {
    const auto member = object.find(name);
    return member == object.end() ? nullptr : &*member;
}

std::string to_string(const json* value, const std::string& name) {
    if (value == nullptr)
        throw malformed("missing field `" + name + "`");
    if (!value->is_string())
        throw malformed("`" + name + "` is not a string");
    return value->get_ref<const std::string&>();
}

/// Absent and null both mean the empty string.
std::string to_optional_string(const json* value, const std::string& name) {
    return value == nullptr || value->is_null() ? std::string{} : to_string(value, name);
}

/// For texts that the kernel takes as C strings.
std::string without_nul(std::string text, const std::string& name) {
    if (text.find('\0') != std::string::npos)
        throw malformed("`" + name + "` contains a NUL character");
    return text;
}

source_file to_file(const json& value) {
    if (!value.is_object())
        throw malformed("an element of `files` is not an object");
    source_file file{without_nul(to_string(find(value, "name"), "name"), "name"),
                     to_string(find(value, "content"), "content")};
    if (file.name.empty())
        throw failure{"Error, file with empty name"};
    if (file.content.empty())
        throw failure{"Error, file with empty content"};
    file.name = plain_name(file.name);
    return file;
}

std::vector<source_file> to_files(const json* value) {
    if (value == nullptr)
        throw malformed("missing field `files`");
    if (!value->is_array())
        throw malformed("`files` is not an array");
    std::vector<source_file> files;
    std::unordered_map<std::string, std::size_t> positions;
    for (const json& element : *value) {
        source_file file = to_file(element);
        const auto [known, is_new] = positions.try_emplace(file.name, files.size());
        if (is_new)
            files.push_back(std::move(file));
        else
            files[known->second].content = std::move(file.content);
    }
    return files;
}

caller_request::instructions to_instructions(const json& value) {
    if (!value.is_object())
        throw malformed("`runInstructions` is not an object");
    const json* build_commands = find(value, "buildCommands");
    if (build_commands == nullptr || !build_commands->is_array())
        throw malformed("`buildCommands` is not an array");

    caller_request::instructions result;
    for (const json& command : *build_commands)
        result.build_commands.push_back(without_nul(to_string(&command, "buildCommands"), "buildCommands"));
    result.run_command = without_nul(to_string(find(value, "runCommand"), "runCommand"), "runCommand");
    return result;
}

void read_language_shape(const json& document, caller_request& result) {
    result.language = to_string(find(document, "language"), "language");
    std::string command = without_nul(to_optional_string(find(document, "command"), "command"), "command");
    if (!command.empty())
        result.commands = caller_request::instructions{{}, std::move(command)};
    else if (result.files.empty())
        throw failure{"Error, no files were given"};
}

bool is_runnable_by_language(const json& document, std::string_view image_language) {
    const json* language = find(document, "language");
    if (language == nullptr || !language->is_string())
        return false;
    if (language->get_ref<const std::string&>() == image_language)
        return true;
    const json* command = find(document, "command");
    return command != nullptr && command->is_string() && !command->get_ref<const std::string&>().empty();
}

} // namespace

caller_request parse_request(std::string_view text, std::string_view image_language) {
    const json document = json::parse(text, nullptr, false);
    if (document.is_discarded())
        throw malformed("it is not valid JSON");
    if (!document.is_object())
        throw malformed("it is not an object");

    const json* instructions = find(document, "runInstructions");
    if (find(document, "language") == nullptr && instructions == nullptr)
        throw malformed("neither `language` nor `runInstructions` is there");

    caller_request result;
    result.files = to_files(find(document, "files"));
    result.input = to_optional_string(find(document, "stdin"), "stdin");
    if (instructions != nullptr && !is_runnable_by_language(document, image_language))
        result.commands = to_instructions(*instructions);
    else
        read_language_shape(document, result);
    return result;
}

} // namespace code_runner
