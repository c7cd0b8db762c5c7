#include "launcher.hpp"

#include "container_lifetime.hpp"
#include "leftovers.hpp"
#include "limit_check.hpp"
#include "random_id.hpp"
#include "uid_neighbours.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Our runner refuses a smaller limit, in which its object would have no room; the daemon keeps the smaller
/// one itself.
constexpr std::size_t least_runner_output = 1024;

/// The limit that the runner in the container keeps itself, so that it can still report: 2 % or 100 ms
/// earlier.
std::chrono::milliseconds inner_limit(std::chrono::milliseconds outer) {
    return outer - std::max<std::chrono::milliseconds>(100ms, outer / 50);
}

docker::engine_error no_user() {
    return {docker::engine_fault::refused, "every user of DOCKER_CONTAINER_UIDS belongs to a container"};
}

/// An empty value is no label.
void add_label(docker::container_spec& spec, const char* name, const std::string& value) {
    if (!value.empty())
        spec.labels.emplace(name, value);
}

} // namespace

launcher::launcher(launch_settings settings, launch_limits limits, docker::engine& engine, reaper& undertaker,
                   uid_allocator& uids, const logger& log)
    : settings_(std::move(settings)), engine_(engine), undertaker_(undertaker), uids_(uids), log_(log),
      existence_(limits.containers), gate_(limits.launches) {}

asio::awaitable<launch_ticket> launcher::admit(std::chrono::steady_clock::time_point deadline,
                                               semaphore::urgency how) {
    launch_ticket ticket;
    ticket.existence = co_await existence_.acquire(deadline, how);
    if (ticket.existence)
        ticket.gate = co_await gate_.acquire(deadline, how);
    co_return ticket;
}

asio::awaitable<container> launcher::launch(launch_ticket ticket, const image& of, std::string request,
                                            std::string owner) {
    auto gate = std::move(ticket.gate);
    auto user = co_await user_for(of);
    container made(undertaker_, std::string(container_name_prefix) + settings_.instance + "-" + random_id(),
                   std::move(ticket.existence), of.options->container.debug_keep);
    made.run_as(std::move(user));
    auto stage = launch_stage::create;
    std::optional<launch_error> failed;
    try {
        co_await create(made, of, request, owner);
        stage = launch_stage::attach;
        auto stream = co_await engine_.attach(made.id());
        made.attach(docker::attachment(std::move(stream)));
        stage = launch_stage::start;
        co_await engine_.start(made.id());
        gate.complete();
    } catch (const docker::engine_error& error) {
        failed.emplace(stage, error);
    }
    if (failed)
        throw *failed;
    co_return made;
}

/// An empty lease where the image runs as the user of its options. Nothing is known of a user's freedom
/// before the containers of this host were listed.
asio::awaitable<uid_allocator::lease> launcher::user_for(const image& of) {
    uid_allocator::lease user;
    const auto& range = of.options->container.uids;
    const bool own = range && of.has_runner;
    if (own && !uids_.informed()) {
        const auto found = co_await engine_.list(label::instance);
        uids_.avoid(users_of_others(found, undertaker_.known()));
    }
    if (own)
        user = uids_.take(range);
    if (own && !user)
        throw launch_error(launch_stage::create, no_user());
    co_return user;
}

asio::awaitable<void> launcher::create(container& made, const image& of, const std::string& request,
                                       const std::string& owner) {
    const auto wanted = spec(of, request, owner, made.uid());
    try {
        auto created = co_await engine_.create(made.name(), wanted);
        made.was_created(std::move(created.id));
        for (const auto& warning : created.warnings) {
            log_.write(log_level::warning, "container.create.warning",
                       {{"image", of.reference}, {"reason", warning}});
            if (discards_demanded_limit(warning, of.options->container.demanded))
                throw docker::engine_error(docker::engine_fault::refused, warning);
        }
    } catch (const docker::engine_error& error) {
        if (error.fault() == docker::engine_fault::unreachable ||
            error.fault() == docker::engine_fault::unsupported || error.is_client_error())
            made.was_refused();
        throw;
    }
}

docker::container_spec launcher::spec(const image& of, const std::string& request, const std::string& owner,
                                      std::uint32_t uid) const {
    const auto& options = *of.options;
    const auto ttl = longest_life(engine_.limits(), settings_.max_idle, options.max_execution_time);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto deadline = std::chrono::ceil<std::chrono::seconds>(now) + ttl;

    docker::container_spec wanted;
    wanted.image = of.by_content ? of.id : of.reference;
    wanted.options = options.container;
    wanted.volumes = of.volumes;
    wanted.profile = {of.has_runner ? docker::call_list::brief : docker::call_list::complete,
                      of.starts_code_runner, options.container.inet};
    wanted.max_cpu_time = docker::max_cpu_time(options.max_execution_time, options.container.cpus);
    wanted.environment = {
        "CODE_RUNNER_TIME_LIMIT_MS=" + std::to_string(inner_limit(options.max_execution_time).count()),
        "CODE_RUNNER_OUTPUT_LIMIT=" + std::to_string(std::max(options.max_output_size, least_runner_output)),
        std::string("CODE_RUNNER_PRESTART=") + (settings_.prestart ? "1" : "0"),
    };
    if (options.container.seccomp == seccomp_source::unenforced)
        wanted.environment.emplace_back("CODE_RUNNER_SECCOMP=unenforced");
    wanted.labels = {{label::instance, settings_.instance},
                     {label::deadline, std::to_string(deadline.count())},
                     {label::ttl, std::to_string(ttl.count())},
                     {label::keep, options.container.debug_keep ? "true" : "false"}};
    add_label(wanted, label::request, request);
    add_label(wanted, label::caller, owner);
    if (uid != 0) {
        wanted.uid = uid;
        add_label(wanted, label::uid, std::to_string(uid));
    }
    return wanted;
}

} // namespace docker_run
