#include "image/image_catalogue.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

namespace {

/// Bytes, measured for a container whose runner waits alone: private pages of shim and runner.
constexpr std::int64_t default_idle_memory = 3 * 1024 * 1024;
constexpr auto idle_memory_label = "docker-run.idle-memory";
/// Set by images/build. A derived image inherits it, so it counts only together with the entrypoint.
constexpr auto runner_label = "docker-run.runner";
constexpr std::string_view runner_with_frames = "2"; ///< its value if the runner speaks protocol 2
constexpr std::string_view runner_name = "code_runner";
/// Size of the cache. It holds only images that exist, but one image may have any number of names.
constexpr std::size_t max_known = 1024;

std::int64_t idle_memory(const docker::image_details& details) {
    const auto position = details.labels.find(idle_memory_label);
    if (position == details.labels.end())
        return default_idle_memory;
    std::int64_t bytes = 0;
    const auto& text = position->second;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), bytes).ptr;
    return end == text.data() + text.size() && bytes > 0 ? bytes : default_idle_memory;
}

/// The name for people and metrics. It is the same for all spellings of an image.
std::string engine_name(std::string_view reference, const docker::image_details& details) {
    const auto name = image_name::of(reference);
    const auto tag = std::ranges::find_if(details.repository_tags,
                                          [&name](std::string_view each) { return name.is_listed_as(each); });
    if (tag != details.repository_tags.end())
        return *tag;
    for (const auto* names : {&details.repository_tags, &details.repository_digests})
        if (!names->empty())
            return names->front();
    return details.id;
}

bool starts_code_runner(const docker::image_details& details) {
    if (details.entrypoint.empty())
        return false;
    const std::string_view program = details.entrypoint.front();
    return program.substr(program.find_last_of('/') + 1) == runner_name;
}

/// `image` has its reference and its options. Adds all that follows from the engine's data.
void add_details(resolved_image& image, docker::image_details details) {
    if (!details.id.empty())
        image.name = engine_name(image.reference, details);
    const bool stock = image.options && !image.options->container.runner.empty();
    image.starts_code_runner = stock || starts_code_runner(details);
    const auto label = details.labels.find(runner_label);
    const bool is_labelled = image.starts_code_runner && label != details.labels.end();
    image.has_runner = stock || is_labelled;
    image.speaks_frames = stock || (is_labelled && label->second == runner_with_frames);
    image.idle_memory = idle_memory(details);
    image.id = std::move(details.id);
    image.tags = std::move(details.repository_tags);
    image.digests = std::move(details.repository_digests);
    image.volumes = std::move(details.volumes);
}

} // namespace

bool have_same_containers(const resolved_image& a, const resolved_image& b) {
    return a.id == b.id && a.options == b.options;
}

image_catalogue::image_catalogue(docker::engine& engine, image_policy policy, time_source now)
    : engine_(engine), now_(std::move(now)),
      policy_(std::make_shared<const image_policy>(std::move(policy))) {}

asio::awaitable<std::shared_ptr<const resolved_image>>
image_catalogue::resolve(std::string reference, clock::time_point asked_since) {
    std::uint64_t generation = 0;
    std::shared_ptr<const image_policy> policy;
    {
        const mutex_lock lock(mutex_);
        const auto known = known_.find(reference);
        if (known != known_.end() && known->second->asked_at >= asked_since)
            co_return known->second;
        generation = generation_;
        policy = policy_;
    }
    auto image = std::make_shared<resolved_image>();
    image->reference = reference;
    image->asked_at = now_();
    if (!policy->may_grant(reference))
        co_return image;
    auto details = co_await engine_.inspect_image(std::move(reference));
    if (!details)
        details.emplace();
    const auto verdict =
        policy->match(image->reference, {details->id, details->repository_tags, details->repository_digests});
    image->options = verdict.granted;
    image->by_content = verdict.by_content;
    add_details(*image, std::move(*details));
    remember(image, generation);
    co_return image;
}

void image_catalogue::remember(const std::shared_ptr<const resolved_image>& image, std::uint64_t generation) {
    const mutex_lock lock(mutex_);
    if (!events_connected_ || generation != generation_)
        return;
    const auto known = known_.find(image->reference);
    if (known != known_.end() && known->second->asked_at > image->asked_at)
        return; // a later request was answered first
    if (image->id.empty()) {
        if (known != known_.end())
            known_.erase(known);
        return;
    }
    if (known == known_.end() && known_.size() >= max_known)
        known_.clear();
    known_.insert_or_assign(image->reference, image);
}

void image_catalogue::apply(image_policy policy) {
    const mutex_lock lock(mutex_);
    policy.intern_options(*policy_);
    policy_ = std::make_shared<const image_policy>(std::move(policy));
    forget();
}

void image_catalogue::invalidate() {
    const mutex_lock lock(mutex_);
    forget();
}

void image_catalogue::set_events_connected(bool connected) {
    const mutex_lock lock(mutex_);
    events_connected_ = connected;
    forget();
}

void image_catalogue::forget() {
    ++generation_;
    known_.clear();
}

} // namespace docker_run
