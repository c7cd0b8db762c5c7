#pragma once

#include "output_mode.hpp"
#include "request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace code_runner {

using words = std::vector<std::string>;

/// How an image builds and runs a program of its language: one file in the image, with one setting per line.
///
///     language NAME                 the `language` of V1 requests
///     build WORD...                 a command before the run; any number, in order
///     run WORD...                   the program
///     prestart NAME                 `run` may wait for a main file of this name, given as a FIFO
///     prestart-unless-text TEXT     ... but not when the main file contains TEXT
///     prestart-unless-file NAME     ... but not when the request has this file; a NAME that ends in / is a
///                                   folder, and stands for all files in it
///     resident-build WORD...        does what the only `build` does, started early; reads the file names
///                                   of its arguments from stdin, each ended by NUL; likewise not when the
///                                   request has a file of prestart-unless-file
///
/// Words are separated by blanks and passed to exec(3) unchanged, without a shell. In a word
///     {main}          the first file            {class}   its name without folder and extension, capitalised
/// and as a whole word
///     {others:EXT}    the other files with that extension     {reversed:EXT}   the same, last one first
///     {each:EXT}      one of them; the command is run for each
///     {live:WORD}     WORD in live runs, and nothing in plain runs. For what makes printed lines leave at
///                     once. A recipe with `prestart` gets WORD in all runs, because an interpreter that
///                     waits cannot know who will read its output
/// Lines that are empty or start with # are skipped.
struct image_recipe {
    std::string language;
    std::vector<words> build;
    words run;
    std::string prestart;
    std::vector<std::string> prestart_unless_text;
    std::vector<std::string> prestart_unless_file;
    words resident_build;
};

/// Throws failure on an unknown line.
image_recipe parse_recipe(std::string_view text);

/// The recipe of the image; an empty one if there is no such file. Throws failure.
image_recipe load_recipe(const std::string& path);

/// The command with the names of `files` inserted; with {each:EXT} the result is no command, one or several.
/// A name that a program could take for an option or an argument file gets the prefix "./". `files` must not
/// be empty.
std::vector<words> expand(const words& command, const std::vector<source_file>& files,
                          output_mode mode = output_mode::plain);

} // namespace code_runner
