#pragma once

#include "docker/call_statistics.hpp"
#include "docker/container_spec.hpp"
#include "docker/engine_error.hpp"
#include "docker/engine_info.hpp"
#include "docker/engine_settings.hpp"
#include "docker/engine_types.hpp"
#include "docker/http_call.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace docker_run::docker {

/// The engine's events as they come. Move-only.
class event_stream {
  public:
    explicit event_stream(answer_stream answer) : answer_(std::move(answer)) {}

    /// The next event, however long it takes. Throws engine_error(broken) when the stream has ended.
    boost::asio::awaitable<image_event> next();

  private:
    answer_stream answer_;
    std::string pending_; ///< read, but not yet taken
};

enum class removal { removed, absent, in_progress };

/// How long one call may take at most, until its answer is complete.
struct call_limits {
    std::chrono::seconds small;
    std::chrono::seconds heavy; ///< create, attach, start, kill and delete
};

/// A client of the Docker Engine API over its unix socket: Docker 20.10 and later, Podman 4 and later.
///
/// One connection a call, one absolute deadline a call. Every call runs on the executor of the coroutine that
/// awaits it and throws engine_error. Thread-safe. Nothing is retried here: whether a second try is safe is
/// the caller's knowledge.
class engine {
  public:
    /// Container names and ids in calls are ours or the engine's own: never a caller's text.
    explicit engine(engine_settings settings);

    boost::asio::awaitable<engine_version> version();
    /// To be asked before the first create(), which goes by its cgroup driver.
    /// Done by `deadline` at the latest, the question for the API version included.
    boost::asio::awaitable<engine_info>
    info(std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

    /// After an engine_error other than `unreachable` or a client error the container may exist all the same,
    /// even later: remove it by name.
    boost::asio::awaitable<created_container> create(std::string name, const container_spec& spec);

    /// To be called before start(): then no byte of output is lost, for the engine has connected the
    /// container's pipes when it answers. One attach a container: a second one that ends closes the
    /// container's stdin.
    boost::asio::awaitable<raw_stream> attach(std::string id);

    boost::asio::awaitable<void> start(std::string id);
    boost::asio::awaitable<container_state> inspect(std::string id);
    boost::asio::awaitable<void> kill(std::string name);

    /// Kills and removes, with its anonymous volumes. The attach stream must be closed first: with an
    /// undrained one the engine never answers (moby#41827). `in_progress`: somebody else's call is at it.
    boost::asio::awaitable<removal> remove(std::string name);

    /// All containers, running or not, that carry `label` ("name" or "name=value").
    boost::asio::awaitable<std::vector<container_summary>> list(std::string label);

    /// `reference` must have passed the strict grammar (image_reference.hpp). nullopt: the engine has no such
    /// image.
    boost::asio::awaitable<std::optional<image_details>> inspect_image(std::string reference);

    /// What happens to images from now on. The events of containers are left out: each run makes five of
    /// them.
    boost::asio::awaitable<event_stream> image_events();

    /// Asks whether the engine works, until `deadline` at the latest: the same as version(), which asks
    /// containerd too, where /_ping says yes while containerd, and with it every start, hangs. Podman is
    /// asked for its last container instead: it has no containerd, and its version takes seconds on a busy
    /// host, for it asks its runtime and the package manager for theirs (measured: 2 to 5 s at a load of 40).
    boost::asio::awaitable<void> probe(std::chrono::steady_clock::time_point deadline);

    /// The next call asks the engine for its API version again: it may have been replaced.
    void forget_version() noexcept { api_minor_ = unknown; }

    call_limits limits() const;

    /// How all calls so far have ended.
    const call_statistics& statistics() const noexcept { return statistics_; }

  private:
    enum class pace { small, heavy };

    /// A call under the API version of the engine, which is asked for it first where it is not known. Both
    /// end by `deadline`.
    boost::asio::awaitable<http_call>
    prepare(boost::beast::http::verb method, std::string target, pace how,
            std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());
    boost::asio::awaitable<http_answer> ask(call_kind what, http_call call);
    /// Throws engine_error for every answer that is no success; the version is forgotten if it is at fault.
    void accept(const http_answer& answer);
    boost::asio::awaitable<void> negotiate(std::chrono::steady_clock::time_point deadline);
    std::string body_of(container_spec spec) const;
    void set_deadlines(http_call& call, pace how, std::chrono::steady_clock::time_point at_most) const;

    static constexpr int unknown = 0;

    engine_settings settings_;
    call_statistics statistics_;
    std::atomic<int> api_minor_ = unknown; ///< of API version 1.N, once negotiated
    std::atomic<bool> podman_ = false;
    std::atomic<bool> cgroupfs_ = false;      ///< its cgroup driver, as the last info() has it
    std::atomic<bool> takes_profiles_ = true; ///< what the last info() said
};

} // namespace docker_run::docker
