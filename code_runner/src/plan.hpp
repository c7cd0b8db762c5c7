#pragma once

#include "recipe.hpp"
#include "request.hpp"

#include <vector>

namespace code_runner {

/// The commands of one run, in the form that exec(3) takes.
struct run_plan {
    std::vector<words> build;
    words run;

    /// The commands are the recipe's own, so a program that the recipe started early does the same.
    bool by_recipe = false;
};

/// A shell runs the commands of a request. V2 commands that equal the recipe's of a plain run word for word
/// count as the recipe's. Throws failure for a language that the image does not have.
run_plan make_plan(const caller_request& request, const image_recipe& recipe,
                   output_mode mode = output_mode::plain);

/// Whether the recipe's prestarted program can be the run of this plan without a noticeable difference. A
/// script with a NUL is never suitable, because some interpreters look for one in a file before they read it
/// (Bash: is it text, Python: is it an archive).
bool suits_prestarted(const run_plan& plan, const caller_request& request, const image_recipe& recipe);

/// The same for the recipe's resident build and the only build of this plan.
bool suits_resident_build(const run_plan& plan, const caller_request& request, const image_recipe& recipe);

} // namespace code_runner
