#include "cli/completion.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace docker_run {

namespace {

bool is_file(const option_text& option) {
    return option.argument == "FILE";
}

// "bash|zsh|fish" as "bash zsh fish".
std::string words(std::string choices) {
    std::replace(choices.begin(), choices.end(), '|', ' ');
    return choices;
}

// No shell expands anything within single quotes. The text's own single quotes would end them, so they are
// removed.
std::string unquoted(std::string text) {
    std::erase(text, '\'');
    return text;
}

std::string for_bash(const option_texts& options) {
    std::string names;
    std::string arguments;
    for (const auto& option : options) {
        names.append(names.empty() ? "" : " ").append(option.name);
        if (option.argument.empty())
            continue;
        const std::string source = is_file(option) ? "-f" : "-W '" + words(option.argument) + "'";
        arguments += fmt::format("        {}) mapfile -t COMPREPLY < <(compgen {} -- \"$2\") ;;\n",
                                 option.name, source);
    }
    return "# bash completion of docker-run\n_docker_run() {\n    case $3 in\n" + arguments +
           "        *) mapfile -t COMPREPLY < <(compgen -W '" + names +
           "' -- \"$2\") ;;\n    esac\n}\ncomplete -F _docker_run docker-run\n";
}

std::string for_zsh(const option_texts& options) {
    std::string text = "#compdef docker-run\n_arguments";
    for (const auto& option : options) {
        std::string description = unquoted(option.description);
        std::replace(description.begin(), description.end(), '[', '(');
        std::replace(description.begin(), description.end(), ']', ')');
        std::string values;
        if (is_file(option))
            values = ":file:_files";
        else if (!option.argument.empty())
            values = fmt::format(":form:({})", words(option.argument));
        text += fmt::format(" \\\n    '{}[{}]{}'", option.name, description, values);
    }
    return text + "\n";
}

std::string for_fish(const option_texts& options) {
    std::string text = "complete -c docker-run -f\n";
    for (const auto& option : options) {
        std::string values;
        if (is_file(option))
            values = " -r -F";
        else if (!option.argument.empty())
            values = fmt::format(" -x -a '{}'", words(option.argument));
        text += fmt::format("complete -c docker-run -l {}{} -d '{}'\n", option.name.substr(2), values,
                            unquoted(option.description));
    }
    return text;
}

} // namespace

std::string completion(std::string_view shell, const option_texts& options) {
    if (shell == "zsh")
        return for_zsh(options);
    return shell == "fish" ? for_fish(options) : for_bash(options);
}

} // namespace docker_run
