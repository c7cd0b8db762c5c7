#include "work_directory.hpp"

#include "failure.hpp"
#include "file_name.hpp"
#include "unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace code_runner {
namespace {

/// Opens the folder below `parent`, never through a link. Creates it if it is missing.
unique_fd open_folder(const unique_fd& parent, const std::string& name) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    unique_fd folder{::openat(parent.get(), name.c_str(), flags)};
    if (!folder && errno == ENOENT && ::mkdirat(parent.get(), name.c_str(), 0777) == 0)
        folder = unique_fd{::openat(parent.get(), name.c_str(), flags)};
    return folder;
}

void write_all(const unique_fd& file, std::string_view content, const std::string& name) {
    while (!content.empty()) {
        const ssize_t count = ::write(file.get(), content.data(), content.size());
        if (count < 0)
            throw system_failure("Failed to write file '" + name + "'", errno);
        content.remove_prefix(static_cast<std::size_t>(count));
    }
}

void make_folders(const std::string& path) {
    for (auto end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
        ::mkdir(path.substr(0, end).c_str(), 0777);
    ::mkdir(path.c_str(), 0777);
}

} // namespace

void enter_work_directory(const std::string& path) {
    make_folders(path);
    if (::chdir(path.c_str()) != 0)
        throw system_failure("Failed to enter the work directory '" + path + "'", errno);
    char current[PATH_MAX];
    if (::getcwd(current, sizeof current) != nullptr)
        ::setenv("PWD", current, 1);
}

void write_file(const source_file& file) {
    const std::vector<std::string> components = components_of(file.name);
    unique_fd folder{::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    for (std::size_t index = 0; folder && index + 1 < components.size(); ++index)
        folder = open_folder(folder, components[index]);
    if (!folder)
        throw system_failure("Failed to create parent dir for file '" + file.name + "'", errno);

    // O_NONBLOCK: a FIFO with that name must not block the runner.
    const unique_fd target{::openat(folder.get(), components.back().c_str(),
                                    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                                    0666)};
    if (!target)
        throw system_failure("Failed to write file '" + file.name + "'", errno);
    write_all(target, file.content, file.name);
}

} // namespace code_runner
