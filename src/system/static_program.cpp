#include "system/static_program.hpp"

#include <elf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <vector>

namespace docker_run {

namespace {

constexpr std::size_t max_segments = 64; ///< a static program has about ten

#if defined(__x86_64__)
constexpr auto this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr auto this_machine = EM_AARCH64;
#else
#error "name the ELF machine of this processor"
#endif

template <typename T>
bool read_into(std::ifstream& file, T* into, std::size_t count) {
    return static_cast<bool>(
        file.read(reinterpret_cast<char*>(into), static_cast<std::streamsize>(count * sizeof(T))));
}

} // namespace

std::string static_program_fault(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return std::generic_category().message(errno);
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    if ((status.st_mode & S_IXOTH) == 0)
        return "not executable by everybody";
    std::ifstream file(path, std::ios::binary);
    Elf64_Ehdr head{};
    if (!read_into(file, &head, 1) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
        head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_machine != this_machine ||
        head.e_phentsize != sizeof(Elf64_Phdr) || head.e_phnum > max_segments)
        return "not a program of this processor";
    std::vector<Elf64_Phdr> segments(head.e_phnum);
    file.seekg(static_cast<std::streamoff>(head.e_phoff));
    if (!read_into(file, segments.data(), segments.size()))
        return "not a program of this processor";
    const bool needs_loader =
        std::ranges::any_of(segments, [](const Elf64_Phdr& segment) { return segment.p_type == PT_INTERP; });
    return needs_loader ? "not a static program: an image may lack what it needs" : "";
}

} // namespace docker_run
