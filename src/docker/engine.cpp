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
bool refuses_version(const http_answer& answer) {
    return answer.status == 400 && refusal_message(answer).starts_with("client version ");
}

void check(const http_answer& answer) {
    if (refuses_version(answer))
        throw engine_error(engine_fault::broken,
                           "the engine refuses the API version that it named: " + refusal_message(answer));
    if (answer.status >= 400)
        throw engine_error(engine_fault::refused, refusal_message(answer), answer.status);
    if (answer.status >= 300 && answer.status != 304)
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
asio::awaitable<T> counted(call_statistics& statistics, call_kind what, asio::awaitable<T> call) {
    call_record record(statistics, what);
    try {
        T answer = co_await std::move(call);
        if constexpr (std::same_as<T, http_answer>)
            record.answered(answer.status);
        else
            record.answered(200); // upgrade() and open() throw if they do not succeed
        co_return answer;
    } catch (const engine_error& error) {
        record.failed(error);
        throw;
    }
}

} // namespace

engine::engine(engine_settings settings) : settings_(std::move(settings)) {}

asio::awaitable<engine_version> engine::version() {
    auto call = co_await prepare(verb::get, "/version", pace::small);
    const auto answer = co_await ask(call_kind::version, std::move(call));
    co_return parse_version(answer.body);
}

asio::awaitable<engine_info> engine::info(clock::time_point deadline) {
    auto call = co_await prepare(verb::get, "/info", pace::small, deadline);
    const auto answer = co_await ask(call_kind::info, std::move(call));
    auto told = parse_info(answer.body);
    cgroupfs_ = told.cgroup_driver == "cgroupfs";
    told.takes_profiles = told.takes_profiles && !podman_; // Podman expects the path of a file
    takes_profiles_ = told.takes_profiles;
    co_return told;
}

asio::awaitable<created_container> engine::create(std::string name, const container_spec& spec) {
    auto call = co_await prepare(verb::post, "/containers/create?name=" + name, pace::heavy);
    call.body = body_of(spec);
    const auto answer = co_await ask(call_kind::create, std::move(call));
    co_return parse_created(answer.body);
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

asio::awaitable<container_state> engine::inspect(std::string id) {
    auto call = co_await prepare(verb::get, "/containers/" + id + "/json", pace::small);
    const auto answer = co_await ask(call_kind::inspect, std::move(call));
    co_return parse_container_state(answer.body);
}

asio::awaitable<void> engine::kill(std::string name) {
    auto call = co_await prepare(verb::post, "/containers/" + name + "/kill", pace::heavy);
    co_await ask(call_kind::kill, std::move(call));
}

asio::awaitable<removal> engine::remove(std::string name) {
    auto call = co_await prepare(verb::delete_, "/containers/" + name + "?force=1&v=1", pace::heavy);
    auto sent = exchange(settings_.socket_path, std::move(call));
    const auto answer = co_await counted(statistics_, call_kind::remove, std::move(sent));
    if (answer.status == 404)
        co_return removal::absent;
    if (answer.status == 409)
        co_return removal::in_progress;
    accept(answer);
    co_return removal::removed;
}

asio::awaitable<std::vector<container_summary>> engine::list(std::string label) {
    const nlohmann::json filters = nlohmann::json::object({{"label", nlohmann::json::array({label})}});
    const auto target = "/containers/json?all=1&filters=" + percent_encoded(filters.dump());
    auto call = co_await prepare(verb::get, target, pace::small);
    call.max_answer_bytes = max_list_bytes;
    const auto answer = co_await ask(call_kind::list, std::move(call));
    co_return parse_container_list(answer.body);
}

asio::awaitable<std::optional<image_details>> engine::inspect_image(std::string reference) {
    auto call = co_await prepare(verb::get, "/images/" + percent_encoded(reference) + "/json", pace::small);
    auto sent = exchange(settings_.socket_path, std::move(call));
    const auto answer = co_await counted(statistics_, call_kind::inspect_image, std::move(sent));
    if (answer.status == 404)
        co_return std::nullopt;
    accept(answer);
    co_return parse_image(answer.body);
}

asio::awaitable<event_stream> engine::image_events() {
    const nlohmann::json filters = nlohmann::json::object({{"type", nlohmann::json::array({"image"})}});
    auto call =
        co_await prepare(verb::get, "/events?filters=" + percent_encoded(filters.dump()), pace::small);
    auto sent = answer_stream::open(settings_.socket_path, std::move(call));
    auto answer = co_await counted(statistics_, call_kind::events, std::move(sent));
    co_return event_stream(std::move(answer));
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
        const auto more = co_await answer_.read_some();
        if (more.empty())
            throw engine_error(engine_fault::broken, "the engine ended its events");
        pending_ += more;
    }
}

asio::awaitable<void> engine::probe(clock::time_point deadline) {
    if (api_minor_ == unknown)
        co_await negotiate(deadline);
    const auto what = podman_ ? call_kind::list : call_kind::version;
    std::string target = podman_ ? "/containers/json?limit=1" : "/version";
    auto call = co_await prepare(verb::get, std::move(target), pace::small, deadline);
    co_await ask(what, std::move(call));
}

asio::awaitable<http_call> engine::prepare(verb method, std::string target, pace how,
                                           clock::time_point deadline) {
    if (api_minor_ == unknown)
        co_await negotiate(deadline);
    http_call call(method, "/v1." + std::to_string(api_minor_.load()) + target);
    set_deadlines(call, how, deadline);
    co_return call;
}

void engine::set_deadlines(http_call& call, pace how, clock::time_point at_most) const {
    const auto now = clock::now();
    const auto allowed = limits();
    call.write_deadline = std::min(now + settings_.write_timeout, at_most);
    call.deadline = std::min(now + (how == pace::heavy ? allowed.heavy : allowed.small), at_most);
}

call_limits engine::limits() const {
    return {.small = settings_.write_timeout + settings_.read_timeout,
            .heavy = settings_.write_timeout + std::max(heavy_timeout, settings_.read_timeout)};
}

asio::awaitable<http_answer> engine::ask(call_kind what, http_call call) {
    auto sent = exchange(settings_.socket_path, std::move(call));
    auto answer = co_await counted(statistics_, what, std::move(sent));
    accept(answer);
    co_return answer;
}

void engine::accept(const http_answer& answer) {
    if (refuses_version(answer))
        forget_version();
    check(answer);
}

asio::awaitable<void> engine::negotiate(clock::time_point deadline) {
    http_call ping(verb::get, "/_ping");
    set_deadlines(ping, pace::small, deadline);
    const auto answer = co_await ask(call_kind::ping, std::move(ping));
    const int theirs = minor_version(answer.fields["Api-Version"]);
    if (theirs < oldest_api_minor)
        throw engine_error(engine_fault::unsupported,
                           "the engine is older than Docker 20.10: its API version is 1." +
                               std::to_string(theirs) +
                               ", 1.41 is the least; upgrade it, or name another in "
                               "DOCKER_UNIX_SOCKET_PATH");
    podman_ = answer.fields.count("Libpod-Api-Version") > 0;
    api_minor_ = std::min(theirs, newest_api_minor);
}

} // namespace docker_run::docker
