#include "cli/completion.hpp"

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
        arguments.append("        ").append(option.name).append(") mapfile -t COMPREPLY < <(compgen ");
        arguments.append(source).append(" -- \"$2\") ;;\n");
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
        text.append(" \\\n    '").append(option.name).append("[").append(description).append("]");
        if (is_file(option))
            text.append(":file:_files");
        else if (!option.argument.empty())
            text.append(":form:(").append(words(option.argument)).append(")");
        text.append("'");
    }
    return text + "\n";
}

std::string for_fish(const option_texts& options) {
    std::string text = "complete -c docker-run -f\n";
    for (const auto& option : options) {
        text.append("complete -c docker-run -l ").append(option.name.substr(2));
        if (is_file(option))
            text.append(" -r -F");
        else if (!option.argument.empty())
            text.append(" -x -a '").append(words(option.argument)).append("'");
        text.append(" -d '").append(unquoted(option.description)).append("'\n");
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
