#pragma once

#include "docker/engine_error.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace docker_run::docker {

/// The kinds of engine calls. call_kind_names holds their names in the metrics.
enum class call_kind : std::uint8_t {
    ping,
    version,
    info,
    create,
    attach,
    start,
    inspect,
    kill,
    remove,
    list,
    inspect_image,
    events
};
inline constexpr std::array<std::string_view, 12> call_kind_names = {
    "ping",    "version", "info",   "create", "attach", "start",
    "inspect", "kill",    "remove", "list",   "image",  "events"};

/// How a call ended. `refused` (4xx) is the fault of the request, `failed` (5xx) that of the engine.
enum class call_end : std::uint8_t { ok, refused, failed, timeout, unreachable, broken, cancelled };
inline constexpr std::array<std::string_view, 7> call_end_names = {
    "ok", "refused", "failed", "timeout", "unreachable", "broken", "cancelled"};

/// Counts the calls of each kind by how they ended, and adds up their durations. Lock-free and thread-safe.
class call_statistics {
  public:
    void note(call_kind kind, call_end end, std::chrono::steady_clock::duration time) noexcept;

    std::uint64_t count(call_kind kind, call_end end) const noexcept;
    /// The total time of all calls of that kind. For `events`, the time until the stream was open.
    std::chrono::nanoseconds time(call_kind kind) const noexcept;

  private:
    struct row {
        std::array<std::atomic<std::uint64_t>, call_end_names.size()> ends{};
        std::atomic<std::uint64_t> nanoseconds{0};
    };
    std::array<row, call_kind_names.size()> rows_;
};

/// One call in progress. The destructor records it, as cancelled unless completed() or failed() was called.
class call_record {
  public:
    call_record(call_statistics& into, call_kind kind) noexcept : into_(into), kind_(kind) {}
    ~call_record() { into_.note(kind_, end_, std::chrono::steady_clock::now() - begun_); }
    call_record(const call_record&) = delete;
    call_record& operator=(const call_record&) = delete;

    void completed(unsigned status) noexcept;
    void failed(const engine_error& error) noexcept;

  private:
    call_statistics& into_;
    call_kind kind_;
    call_end end_ = call_end::cancelled;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

} // namespace docker_run::docker
