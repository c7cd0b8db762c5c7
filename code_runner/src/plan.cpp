#include "plan.hpp"

#include "failure.hpp"

#include <algorithm>
#include <string_view>

namespace code_runner {
namespace {

run_plan plan_by_recipe(const image_recipe& recipe, const std::vector<source_file>& files, output_mode mode) {
    run_plan result;
    for (const words& command : recipe.build)
        for (words& expanded : expand(command, files, mode))
            result.build.push_back(std::move(expanded));
    result.run = expand(recipe.run, files, mode).front();
    result.by_recipe = true;
    return result;
}

run_plan plan_by_shell(const caller_request::instructions& commands) {
    run_plan result;
    for (const std::string& command : commands.build_commands)
        result.build.push_back({"sh", "-c", command});
    result.run = {"sh", "-c", commands.run_command};
    return result;
}

/// Whether a shell, given this text, would run exactly these words.
bool is_same_command(const std::string& text, const words& command) {
    constexpr std::string_view inert = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                       " _-+./:,@%";
    std::string joined;
    for (const std::string& word : command)
        joined += (joined.empty() ? "" : " ") + word;
    return joined == text && joined.find_first_not_of(inert) == std::string::npos;
}

bool is_same(const caller_request::instructions& commands, const run_plan& plan) {
    return is_same_command(commands.run_command, plan.run) &&
           std::ranges::equal(commands.build_commands, plan.build, is_same_command);
}

/// Whether the request has a file that a program looks for when it starts. A prestarted program has started
/// before the file existed.
bool has_early_file(const caller_request& request, const image_recipe& recipe) {
    const auto is_early = [&](const source_file& file) {
        return std::ranges::any_of(recipe.prestart_unless_file, [&](const std::string& name) {
            return name.ends_with('/') ? file.name.starts_with(name) : file.name == name;
        });
    };
    return std::ranges::any_of(request.files, is_early);
}

} // namespace

run_plan make_plan(const caller_request& request, const image_recipe& recipe, output_mode mode) {
    const bool has_recipe = !recipe.run.empty();
    const output_mode actual = recipe.prestart.empty() ? mode : output_mode::live;
    if (!request.commands) {
        if (!has_recipe || request.language != recipe.language)
            throw failure{"Failed to parse request json, this image cannot run the language `" +
                          request.language.value_or("") + "`" +
                          (has_recipe ? ", only `" + recipe.language + "`" : "")};
        return plan_by_recipe(recipe, request.files, actual);
    }

    if (has_recipe && !request.language && !request.files.empty()) {
        if (is_same(*request.commands, plan_by_recipe(recipe, request.files, output_mode::plain)))
            return plan_by_recipe(recipe, request.files, actual);
    }
    return plan_by_shell(*request.commands);
}

bool suits_prestarted(const run_plan& plan, const caller_request& request, const image_recipe& recipe) {
    if (!plan.by_recipe || !plan.build.empty() || request.files.front().name != recipe.prestart)
        return false;

    const std::string& content = request.files.front().content;
    if (content.find('\0') != std::string::npos)
        return false;
    const bool has_text = std::ranges::any_of(recipe.prestart_unless_text, [&](const std::string& text) {
        return content.find(text) != std::string::npos;
    });
    return !has_text && !has_early_file(request, recipe);
}

bool suits_resident_build(const run_plan& plan, const caller_request& request, const image_recipe& recipe) {
    return plan.by_recipe && plan.build.size() == 1 && !has_early_file(request, recipe);
}

} // namespace code_runner
