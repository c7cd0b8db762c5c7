#include "prestart.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

namespace code_runner {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto patience_for_opening = 5ms;
constexpr auto patience_for_dying = 1s;

std::optional<prestarted_program> start(const words& command, const program_launcher& launcher,
                                        child_reaper& reaper) {
    prestarted_program program{launcher.start(command), {}};
    if (program.child.error_number != 0)
        return std::nullopt;
    reaper.watch(program.child.pid);
    return program;
}

/// Opens the writing end of the FIFO. This fails with ENXIO while no process has it open for reading
/// (fifo(7)).
unique_fd open_script(const image_recipe& recipe) {
    return unique_fd{::open(recipe.prestart.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)};
}

} // namespace

std::optional<prestarted_program>
start_waiting_program(const image_recipe& recipe, const program_launcher& launcher, child_reaper& reaper) {
    if (recipe.prestart.empty() || ::mkfifo(recipe.prestart.c_str(), 0666) != 0)
        return std::nullopt;
    auto program =
        start(expand(recipe.run, {{recipe.prestart, {}}}, output_mode::live).front(), launcher, reaper);
    if (!program)
        ::unlink(recipe.prestart.c_str());
    return program;
}

std::optional<prestarted_program>
start_resident_build(const image_recipe& recipe, const program_launcher& launcher, child_reaper& reaper) {
    if (recipe.resident_build.empty())
        return std::nullopt;
    return start(recipe.resident_build, launcher, reaper);
}

bool claim_waiting_program(prestarted_program& program, const image_recipe& recipe, child_reaper& reaper) {
    const auto deadline = clock::now() + patience_for_opening;
    reaper.reap();
    while (!reaper.status_of(program.child.pid)) {
        program.script = open_script(recipe);
        if (program.script) {
            ::unlink(recipe.prestart.c_str());
            return true;
        }
        if (clock::now() >= deadline)
            break;
        std::this_thread::sleep_for(200us);
        reaper.reap();
    }
    discard_waiting_program(program, recipe, reaper);
    return false;
}

void discard_waiting_program(const prestarted_program& program, const image_recipe& recipe,
                             child_reaper& reaper) {
    reaper.end(program.child.pid, clock::now() + patience_for_dying);
    ::unlink(recipe.prestart.c_str());
}

} // namespace code_runner
