#include "container/launch_spec.hpp"

#include "code_runner/protocol.hpp"
#include "container/leftovers.hpp"
#include "image/time_budget.hpp"

#include <algorithm>
#include <cstddef>

namespace docker_run {

namespace protocol = code_runner::protocol;
namespace {

/// Options of the tmpfs that replaces a VOLUME. A VOLUME could fill the host's disk without limit, even with
/// a read-only root (engine behaviour). The tmpfs starts empty.
constexpr auto volume_options = "rw,nosuid,nodev,size=16m,nr_inodes=4096,mode=1777";
/// Adds no label for an empty value.
void add_label(docker::container_spec& spec, const char* name, const std::string& value) {
    if (!value.empty())
        spec.labels.emplace(name, value);
}

std::string variable(const char* name, const std::string& value) {
    return std::string(name) + "=" + value;
}

docker::host_settings host_settings_of(const container_settings& container, std::uint32_t uid) {
    auto host = static_cast<const docker::host_settings&>(container);
    if (uid != 0)
        host.user = std::to_string(uid) + ":" + std::to_string(uid);
    if (!container.runner.empty())
        host.mounts.push_back({container.runner, protocol::mounted_runner});
    return host;
}

/// The operator's tmpfs come last, so they replace a VOLUME at the same path.
std::vector<docker::tmpfs_mount> tmpfs_of(const resolved_image& image) {
    std::vector<docker::tmpfs_mount> mounts;
    mounts.reserve(image.volumes.size() + 2);
    for (const auto& path : image.volumes)
        mounts.push_back({path, volume_options});
    for (const auto& mount : {image.options->container.tmp_dir, image.options->container.work_dir})
        if (mount)
            mounts.push_back(*mount);
    return mounts;
}

std::vector<std::string> environment_of(const container_options& options, bool prestart) {
    std::vector<std::string> environment{
        variable(protocol::time_limit,
                 std::to_string(time_budget(options.max_execution_time).runner().count())),
        variable(protocol::output_limit,
                 std::to_string(std::max(options.max_output_size, protocol::least_output_limit))),
        variable(protocol::prestart, prestart ? "1" : "0"),
    };
    if (options.container.seccomp == seccomp_source::unenforced)
        environment.push_back(variable(protocol::seccomp, protocol::seccomp_unenforced));
    if (!options.container.runner.empty())
        environment.push_back("HOME=" + options.container.work_dir->path);
    return environment;
}

void add_labels(docker::container_spec& spec, const container_options& options,
                const launch_details& details) {
    const auto deadline =
        std::chrono::ceil<std::chrono::seconds>(details.created.time_since_epoch()) + details.ttl;
    spec.labels = {{label::instance, details.instance},
                   {label::deadline, std::to_string(deadline.count())},
                   {label::ttl, std::to_string(details.ttl.count())},
                   {label::keep, options.container.debug_keep ? "true" : "false"}};
    add_label(spec, label::request, details.request);
    add_label(spec, label::caller, details.caller);
    if (details.uid != 0)
        add_label(spec, label::uid, std::to_string(details.uid));
}

} // namespace

docker::container_spec launch_spec(const resolved_image& image, const launch_details& details) {
    const auto& options = *image.options;
    const auto& container = options.container;
    docker::container_spec spec;
    spec.image = image.by_content ? image.id : image.reference;
    spec.host = host_settings_of(container, details.uid);
    if (container.seccomp != seccomp_source::engine)
        spec.profile = {image.has_runner ? docker::call_list::brief : docker::call_list::complete,
                        image.starts_code_runner, container.inet};
    spec.max_cpu_time = time_budget(options.max_execution_time).cpu(container.cpus);
    spec.tmpfs = tmpfs_of(image);
    if (!container.runner.empty())
        spec.entrypoint = {protocol::mounted_runner, protocol::path_option, container.work_dir->path};
    spec.environment = environment_of(options, details.prestart);
    add_labels(spec, options, details);
    return spec;
}

} // namespace docker_run
