#include "container/launcher.hpp"

#include "container/launch_spec.hpp"
#include "container/leftovers.hpp"
#include "container/limit_check.hpp"
#include "container/uid_neighbours.hpp"
#include "image/time_budget.hpp"
#include "system/random_id.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// A container's own data are in the engine's memory (see docs/design.md for the times).
constexpr auto image_patience = 250ms;

docker::engine_error no_user() {
    return {docker::engine_fault::refused, "every user of DOCKER_CONTAINER_UIDS belongs to a container"};
}

} // namespace

launcher::launcher(launch_settings settings, std::size_t max_containers, semaphore& engine_work,
                   std::function<bool()> is_crowded, docker::engine& engine, reaper& removals,
                   uid_allocator& uids, const logger& log)
    : settings_(std::move(settings)), engine_(engine), reaper_(removals), uids_(uids), log_(log),
      is_crowded_(std::move(is_crowded)), existence_(max_containers), gate_(engine_work) {}

asio::awaitable<launch_ticket> launcher::admit(std::chrono::steady_clock::time_point deadline) {
    return admit(deadline, semaphore::urgency::urgent, semaphore::urgency::normal);
}

asio::awaitable<launch_ticket> launcher::admit_idle(std::chrono::steady_clock::time_point deadline) {
    const auto urgency = is_crowded_() ? semaphore::urgency::at_rest : semaphore::urgency::idle;
    return admit(deadline, semaphore::urgency::normal, urgency);
}

asio::awaitable<launch_ticket> launcher::admit(std::chrono::steady_clock::time_point deadline,
                                               semaphore::urgency for_existence,
                                               semaphore::urgency for_work) {
    launch_ticket ticket;
    ticket.existence = co_await existence_.acquire(deadline, for_existence);
    if (ticket.existence)
        ticket.gate = co_await gate_.acquire(deadline, for_work);
    co_return ticket;
}

asio::awaitable<container> launcher::launch(launch_ticket ticket, const resolved_image& image,
                                            std::string request, std::string owner) {
    auto gate = std::move(ticket.gate);
    auto user = co_await user_for(image);
    container box(reaper_, std::string(container_name_prefix) + settings_.instance + "-" + random_id(),
                  std::move(ticket.existence), image.options->container.debug_keep);
    box.run_as(std::move(user));
    auto stage = launch_stage::create;
    std::optional<launch_error> failed;
    try {
        co_await create(box, image, request, owner);
        co_await learn_image(box);
        stage = launch_stage::attach;
        auto stream = co_await engine_.attach(box.id());
        box.attach(docker::attachment(std::move(stream)));
        stage = launch_stage::start;
        co_await engine_.start(box.id());
        gate.complete();
    } catch (const docker::engine_error& error) {
        failed.emplace(stage, error);
    }
    if (failed)
        throw *failed;
    co_return box;
}

/// Returns an empty lease if the image runs as the user in its options. Lists the containers of this host
/// first if that was not done yet, because only then are the free users known.
asio::awaitable<uid_allocator::lease> launcher::user_for(const resolved_image& image) {
    uid_allocator::lease user;
    const auto& range = image.options->container.uids;
    const bool own = range && image.has_runner;
    if (own && !uids_.informed()) {
        const auto containers = co_await engine_.list(label::instance);
        uids_.avoid(users_of_others(containers, reaper_.known()));
    }
    if (own)
        user = uids_.take(range);
    if (own && !user)
        throw launch_error(launch_stage::create, no_user());
    co_return user;
}

/// Asks which image the container was created from. An engine that does not say so in time leaves it open.
/// The container has not started, so no output of it can hold the answer up.
asio::awaitable<void> launcher::learn_image(container& box) {
    try {
        auto state = co_await engine_.inspect(box.id(), std::chrono::steady_clock::now() + image_patience);
        box.set_image(std::move(state.image_id));
    } catch (const docker::engine_error&) {
        co_return; // the caller of launch() looks the name up again
    }
}

asio::awaitable<void> launcher::create(container& box, const resolved_image& image,
                                       const std::string& request, const std::string& owner) {
    const auto& options = *image.options;
    const auto interactive_time = image.speaks_frames ? options.interactive.time : 0s;
    const auto ttl = time_budget(options.max_execution_time)
                         .container_life(engine_.limits(), settings_.max_idle, interactive_time);
    const auto spec = launch_spec(image, {.instance = settings_.instance,
                                          .request = request,
                                          .caller = owner,
                                          .uid = box.uid(),
                                          .prestart = settings_.prestart,
                                          .ttl = ttl,
                                          .created = std::chrono::system_clock::now()});
    try {
        auto created = co_await engine_.create(box.name(), spec);
        box.mark_created(std::move(created.id));
        for (const auto& warning : created.warnings) {
            log_.write(log_level::warning, "container.create.warning",
                       {{"image", image.reference}, {"reason", warning}});
            if (discards_demanded_limit(warning, options.container.demanded))
                throw docker::engine_error(docker::engine_fault::refused, warning);
        }
    } catch (const docker::engine_error& error) {
        if (error.fault() == docker::engine_fault::unreachable ||
            error.fault() == docker::engine_fault::unsupported || error.is_client_error())
            box.mark_refused();
        throw;
    }
}

} // namespace docker_run
