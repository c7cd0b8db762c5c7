#pragma once

#include "child_reaper.hpp"
#include "process.hpp"
#include "recipe.hpp"

#include <optional>

namespace code_runner {

/// A program of the image that is started early and waits for the request. No code of a caller runs early.
struct prestarted_program {
    child_process child;
    unique_fd script; ///< the main file is written to it; empty for a resident build
};

/// Starts the recipe's `run` with a FIFO in place of its main file. The unmodified interpreter initialises
/// and blocks when it opens its script. Returns nothing if the recipe does not ask for it or it fails.
std::optional<prestarted_program>
start_waiting_program(const image_recipe& recipe, const program_launcher& launcher, child_reaper& reaper);

/// Starts the recipe's `resident-build`. Returns nothing in the same cases.
std::optional<prestarted_program>
start_resident_build(const image_recipe& recipe, const program_launcher& launcher, child_reaper& reaper);

/// Removes the FIFO from the work directory and gives its writing end to `program`. If the program has died
/// or does not open its script within 5 ms, ends it and returns false.
bool claim_waiting_program(prestarted_program& program, const image_recipe& recipe, child_reaper& reaper);

/// Ends a program whose script will not come, and removes the FIFO.
void discard_waiting_program(const prestarted_program& program, const image_recipe& recipe,
                             child_reaper& reaper);

} // namespace code_runner
