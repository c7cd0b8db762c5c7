#pragma once

#include "recipe.hpp"
#include "request.hpp"

#include <vector>

namespace code_runner {

/// The commands of one run, as exec(3) takes them.
struct plan {
    std::vector<words> build;
    words run;

    /// They are the recipe's own commands, so that what the recipe started early does the same.
    bool by_recipe = false;
};

/// A request's commands go to a shell. V2 commands that are the recipe's word for word are the recipe's.
/// Throws failure for a language that the image does not have.
plan make_plan(const request& request, const recipe& recipe);

/// Whether the recipe's prestarted program is the run of this plan and would not notice a difference. A
/// script with a NUL never suits: some interpreters look for one in a file before they read it (Bash: is it
/// text, Python: is it an archive).
bool suits_prestarted(const plan& plan, const request& request, const recipe& recipe);

/// The same for the recipe's resident build and the only build of this plan.
bool suits_resident_build(const plan& plan, const request& request, const recipe& recipe);

} // namespace code_runner
