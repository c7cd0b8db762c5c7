#pragma once

#include "docker/call_statistics.hpp"
#include "docker/container_spec.hpp"
#include "docker/engine_error.hpp"
#include "docker/engine_info.hpp"
#include "docker/engine_settings.hpp"
#include "docker/engine_types.hpp"
#include "docker/http_call.hpp"
#include "docker/idle_connections.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace docker_run::docker {

/// The stream of the engine's events. Move-only.
class event_stream {
  public:
    explicit event_stream(response_reader response) : response_(std::move(response)) {}

    /// Waits for the next event, without a time limit. Throws engine_error(broken) when the stream has ended.
    boost::asio::awaitable<image_event> next();

  private:
    response_reader response_;
    std::string pending_; ///< received but not returned yet
};

enum class removal { removed, absent, in_progress };

/// The longest time of one call, until its response is complete.
struct call_limits {
    std::chrono::seconds small;
    std::chrono::seconds heavy; ///< create, attach, start, kill and delete
};

/// A client of the Docker Engine API over its unix socket: Docker 20.10 and later, Podman 4 and later.
///
/// Each call has one absolute deadline and, while it lasts, a connection of its own. Every call runs on the
/// executor of the coroutine that awaits it and throws engine_error. Thread-safe. Nothing is retried here:
/// only the caller knows whether a second try is safe.
class engine {
  public:
    /// Container names and ids in calls must come from the daemon or the engine, never from a caller.
    explicit engine(engine_settings settings);

    boost::asio::awaitable<engine_version> version();
    /// Call it before the first create(), which depends on the engine's cgroup driver.
    /// Ends by `deadline` at the latest, including the call for the API version.
    boost::asio::awaitable<engine_info>
    info(std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

    /// After an engine_error other than `unreachable` or a client error, the container may still exist or
    /// appear later: remove it by name.
    boost::asio::awaitable<created_container> create(std::string name, const container_spec& spec);

    /// Call it before start(). Then no byte of output is lost, because the engine has connected the
    /// container's pipes when it answers. Attach to a container only once: the end of a second attach closes
    /// the container's stdin.
    boost::asio::awaitable<raw_stream> attach(std::string id);

    boost::asio::awaitable<void> start(std::string id);
    /// Ends by `deadline` at the latest, including the call for the API version.
    boost::asio::awaitable<container_state>
    inspect(std::string id,
            std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());
    boost::asio::awaitable<void> kill(std::string name);

    /// Kills and removes the container with its anonymous volumes. Close the attach stream first: while it
    /// has unread output, the engine never answers (moby#41827). `in_progress`: another call is removing it.
    boost::asio::awaitable<removal> remove(std::string name);

    /// All containers, running or not, that carry `label` ("name" or "name=value").
    boost::asio::awaitable<std::vector<container_summary>> list(std::string label);

    /// `reference` must have passed the strict grammar (image_reference.hpp). nullopt: the engine has no such
    /// image.
    boost::asio::awaitable<std::optional<image_details>> inspect_image(std::string reference);

    /// Opens the stream of image events, starting now. It excludes the events of containers: each run makes
    /// five of them.
    boost::asio::awaitable<event_stream> image_events();

    /// Checks whether the engine works, by `deadline` at the latest. It makes the same call as version(),
    /// which also asks containerd. /_ping would succeed even while containerd, and with it every start,
    /// hangs. Podman is asked for its last container instead. It has no containerd, and its version call
    /// takes seconds on a busy host, because it asks its runtime and the package manager for their versions
    /// (measured: 2 to 5 s at a load of 40).
    boost::asio::awaitable<void> probe(std::chrono::steady_clock::time_point deadline);

    /// Makes the next call ask the engine for its API version again. Call it when the engine may have been
    /// replaced.
    void forget_version() noexcept { api_minor_ = unknown; }

    call_limits limits() const;

    /// How all calls so far ended, and how long they took.
    const call_statistics& statistics() const noexcept { return statistics_; }

  private:
    enum class pace { small, heavy };

    /// Makes a call for the API version of the engine. Asks the engine for the version first if it is not
    /// known. Both end by `deadline`.
    boost::asio::awaitable<http_call>
    prepare(boost::beast::http::verb method, std::string target, pace weight,
            std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());
    boost::asio::awaitable<http_response> ask(call_kind kind, http_call call);
    /// Throws engine_error for every response that is not a success. Forgets the API version if that was the
    /// cause.
    void accept(const http_response& response);
    boost::asio::awaitable<void> negotiate(std::chrono::steady_clock::time_point deadline);
    std::string body_of(container_spec spec) const;
    void set_deadlines(http_call& call, pace weight, std::chrono::steady_clock::time_point at_most) const;

    static constexpr int unknown = 0;

    engine_settings settings_;
    idle_connections connections_;
    call_statistics statistics_;
    std::atomic<int> api_minor_ = unknown; ///< of API version 1.N, once negotiated
    std::atomic<bool> podman_ = false;
    std::atomic<bool> cgroupfs_ = false;      ///< the cgroup driver, from the last info()
    std::atomic<bool> takes_profiles_ = true; ///< from the last info()
};

} // namespace docker_run::docker
