#include "docker/engine.hpp"

#include "docker/cgroup_parent.hpp"
#include "docker/engine_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <concepts>

namespace docker_run::docker {

namespace asio = boost::asio;
using boost::beast::http::verb;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

/// API version 1.41 came with Docker 20.10, the oldest supported engine. 1.51 is the newest version that we
/// have read.
constexpr int oldest_api_minor = 41;
constexpr int newest_api_minor = 51;

/// Create, start and delete wait for each other inside the engine: 16 at once took up to 2.7 s each on two
/// cores.
constexpr std::chrono::seconds heavy_timeout = 30s;

constexpr std::size_t max_list_bytes = 16 * 1024 * 1024;
constexpr std::size_t max_event_bytes = 1024 * 1024; ///< an event carries all labels of its image

/// "client version 1.41 is too old. …": the engine was replaced after it was asked for its version.
bool refuses_version(const http_response& response) {
    return response.status == 400 && refusal_message(response).starts_with("client version ");
}

void check(const http_response& response) {
    if (refuses_version(response))
        throw engine_error(engine_fault::broken,
                           "the engine refuses the API version that it named: " + refusal_message(response));
    if (response.status >= 400)
        throw engine_error(engine_fault::refused, refusal_message(response), response.status);
    if (response.status >= 300 && response.status != 304)
        throw engine_error(engine_fault::broken, "the engine redirects to somewhere else");
}

/// "1.41" → 41. Without the header, the oldest supported version is assumed.
int minor_version(std::string_view text) {
    if (text.empty())
        return oldest_api_minor;
    int minor = 0;
    if (!text.starts_with("1.") ||
        std::from_chars(text.data() + 2, text.data() + text.size(), minor).ptr != text.data() + text.size())
        throw engine_error(engine_fault::broken, "the engine names no API version");
    return minor;
}

/// Makes the call and records how it ended.
template <class T>
asio::awaitable<T> counted(call_statistics& statistics, call_kind kind, asio::awaitable<T> call) {
    call_record record(statistics, kind);
    try {
        T response = co_await std::move(call);
        if constexpr (std::same_as<T, http_response>)
            record.completed(response.status);
        else
            record.completed(200); // upgrade() and open() throw if they do not succeed
        co_return response;
    } catch (const engine_error& error) {
        record.failed(error);
        throw;
    }
}

} // namespace

engine::engine(engine_settings settings) : settings_(std::move(settings)) {}

asio::awaitable<engine_version> engine::version() {
    auto call = co_await prepare(verb::get, "/version", pace::small);
    const auto response = co_await ask(call_kind::version, std::move(call));
    co_return parse_version(response.body);
}

asio::awaitable<engine_info> engine::info(clock::time_point deadline) {
    auto call = co_await prepare(verb::get, "/info", pace::small, deadline);
    const auto response = co_await ask(call_kind::info, std::move(call));
    auto info = parse_info(response.body);
    cgroupfs_ = info.cgroup_driver == "cgroupfs";
    info.takes_profiles = info.takes_profiles && !podman_; // Podman expects the path of a file
    takes_profiles_ = info.takes_profiles;
    info.takes_runtime = !podman_; // which ignores the member, even with the name of no runtime
    co_return info;
}

asio::awaitable<created_container> engine::create(std::string name, const container_spec& spec) {
    auto call = co_await prepare(verb::post, "/containers/create?name=" + name, pace::heavy);
    call.body = body_of(spec);
    const auto response = co_await ask(call_kind::create, std::move(call));
    co_return parse_created(response.body);
}

std::string engine::body_of(container_spec spec) const {
    auto& parent = spec.host.cgroup_parent;
    if (cgroupfs_)
        parent = podman_ ? podman_cgroupfs_path(parent) : cgroupfs_path(parent);
    return create_body(spec, {podman_, takes_profiles_ && !podman_});
}

asio::awaitable<raw_stream> engine::attach(std::string id) {
    // Podman applies its detach keys to every stream, unless the request sets an empty list of keys.
    const auto target = "/containers/" + id + "/attach?stream=1&stdin=1&stdout=1&stderr=1&detachKeys=";
    auto call = co_await prepare(verb::post, target,
                                 pace::heavy); // Podman's attach creates the container's processes
    auto sent = upgrade(settings_.socket_path, std::move(call));
    auto opened = co_await counted(statistics_, call_kind::attach, std::move(sent));
    co_return opened;
}

asio::awaitable<void> engine::start(std::string id) {
    auto call = co_await prepare(verb::post, "/containers/" + id + "/start", pace::heavy);
    co_await ask(call_kind::start, std::move(call));
}

asio::awaitable<container_state> engine::inspect(std::string id, clock::time_point deadline) {
    auto call = co_await prepare(verb::get, "/containers/" + id + "/json", pace::small, deadline);
    const auto response = co_await ask(call_kind::inspect, std::move(call));
    co_return parse_container_state(response.body);
}

asio::awaitable<void> engine::kill(std::string name) {
    auto call = co_await prepare(verb::post, "/containers/" + name + "/kill", pace::heavy);
    co_await ask(call_kind::kill, std::move(call));
}

asio::awaitable<removal> engine::remove(std::string name) {
    auto call = co_await prepare(verb::delete_, "/containers/" + name + "?force=1&v=1", pace::heavy);
    auto sent = send_request(connections_, settings_.socket_path, std::move(call));
    const auto response = co_await counted(statistics_, call_kind::remove, std::move(sent));
    if (response.status == 404)
        co_return removal::absent;
    if (response.status == 409)
        co_return removal::in_progress;
    accept(response);
    co_return removal::removed;
}

asio::awaitable<std::vector<container_summary>> engine::list(std::string label) {
    const nlohmann::json filters = nlohmann::json::object({{"label", nlohmann::json::array({label})}});
    const auto target = "/containers/json?all=1&filters=" + percent_encoded(filters.dump());
    auto call = co_await prepare(verb::get, target, pace::small);
    call.max_response_bytes = max_list_bytes;
    const auto response = co_await ask(call_kind::list, std::move(call));
    co_return parse_container_list(response.body);
}

asio::awaitable<std::optional<image_details>> engine::inspect_image(std::string reference) {
    auto call = co_await prepare(verb::get, "/images/" + percent_encoded(reference) + "/json", pace::small);
    auto sent = send_request(connections_, settings_.socket_path, std::move(call));
    const auto response = co_await counted(statistics_, call_kind::inspect_image, std::move(sent));
    if (response.status == 404)
        co_return std::nullopt;
    accept(response);
    co_return parse_image(response.body);
}

asio::awaitable<event_stream> engine::image_events() {
    const nlohmann::json filters = nlohmann::json::object({{"type", nlohmann::json::array({"image"})}});
    auto call =
        co_await prepare(verb::get, "/events?filters=" + percent_encoded(filters.dump()), pace::small);
    auto sent = response_reader::open(settings_.socket_path, std::move(call));
    auto response = co_await counted(statistics_, call_kind::events, std::move(sent));
    co_return event_stream(std::move(response));
}

asio::awaitable<image_event> event_stream::next() {
    for (;;) {
        const auto end = pending_.find('\n');
        if (end != std::string::npos) {
            const auto line = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            co_return parse_event(line);
        }
        if (pending_.size() > max_event_bytes)
            throw engine_error(engine_fault::broken, "the engine sends an event without an end");
        const auto more = co_await response_.read_some();
        if (more.empty())
            throw engine_error(engine_fault::broken, "the engine ended its events");
        pending_ += more;
    }
}

asio::awaitable<void> engine::probe(clock::time_point deadline) {
    if (api_minor_ == unknown)
        co_await negotiate(deadline);
    const auto kind = podman_ ? call_kind::list : call_kind::version;
    std::string target = podman_ ? "/containers/json?limit=1" : "/version";
    auto call = co_await prepare(verb::get, std::move(target), pace::small, deadline);
    co_await ask(kind, std::move(call));
}

asio::awaitable<http_call> engine::prepare(verb method, std::string target, pace weight,
                                           clock::time_point deadline) {
    if (api_minor_ == unknown)
        co_await negotiate(deadline);
    http_call call(method, "/v1." + std::to_string(api_minor_.load()) + target);
    set_deadlines(call, weight, deadline);
    co_return call;
}

void engine::set_deadlines(http_call& call, pace weight, clock::time_point at_most) const {
    const auto now = clock::now();
    const auto allowed = limits();
    call.write_deadline = std::min(now + settings_.write_timeout, at_most);
    call.deadline = std::min(now + (weight == pace::heavy ? allowed.heavy : allowed.small), at_most);
}

call_limits engine::limits() const {
    return {.small = settings_.write_timeout + settings_.read_timeout,
            .heavy = settings_.write_timeout + std::max(heavy_timeout, settings_.read_timeout)};
}

asio::awaitable<http_response> engine::ask(call_kind kind, http_call call) {
    auto sent = send_request(connections_, settings_.socket_path, std::move(call));
    auto response = co_await counted(statistics_, kind, std::move(sent));
    accept(response);
    co_return response;
}

void engine::accept(const http_response& response) {
    if (refuses_version(response))
        forget_version();
    check(response);
}

asio::awaitable<void> engine::negotiate(clock::time_point deadline) {
    http_call ping(verb::get, "/_ping");
    set_deadlines(ping, pace::small, deadline);
    const auto response = co_await ask(call_kind::ping, std::move(ping));
    const int theirs = minor_version(response.fields["Api-Version"]);
    if (theirs < oldest_api_minor)
        throw engine_error(engine_fault::unsupported,
                           "the engine is older than Docker 20.10: its API version is 1." +
                               std::to_string(theirs) +
                               ", 1.41 is the least; upgrade it, or name another in "
                               "DOCKER_UNIX_SOCKET_PATH");
    podman_ = response.fields.count("Libpod-Api-Version") > 0;
    api_minor_ = std::min(theirs, newest_api_minor);
}

} // namespace docker_run::docker
