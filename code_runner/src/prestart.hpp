#pragma once

#include "child_reaper.hpp"
#include "process.hpp"
#include "recipe.hpp"

#include <optional>

namespace code_runner {

/// A program of the image that waits for the request together with us; nothing of a caller's runs early.
struct prestarted_program {
    child_process child;
    unique_fd script; ///< where the main file is to be written; without one for a resident build
};

/// Starts the recipe's `run` with a FIFO in the place of its main file: the interpreter, unmodified,
/// initialises and blocks when it opens its script. Nothing when the recipe does not ask for it or it fails.
std::optional<prestarted_program> start_waiting_program(const recipe& recipe, const launcher& launcher,
                                                        reaper& reaper);

/// Starts the recipe's `resident-build`, likewise.
std::optional<prestarted_program> start_resident_build(const recipe& recipe, const launcher& launcher,
                                                       reaper& reaper);

/// Takes the FIFO out of the work directory and gives its writing end to `program`. False, and the program is
/// ended, when it has died or does not open its script within 5 ms.
bool claim_waiting_program(prestarted_program& program, const recipe& recipe, reaper& reaper);

/// Ends a program that waits for its script in vain, and takes the FIFO away.
void discard_waiting_program(const prestarted_program& program, const recipe& recipe, reaper& reaper);

} // namespace code_runner
