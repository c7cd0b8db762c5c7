#include "docker/call_statistics.hpp"

namespace docker_run::docker {

void call_statistics::note(call_kind kind, call_end end, std::chrono::steady_clock::duration time) noexcept {
    auto& at = rows_[static_cast<std::size_t>(kind)];
    at.ends[static_cast<std::size_t>(end)].fetch_add(1, std::memory_order_relaxed);
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    at.nanoseconds.fetch_add(static_cast<std::uint64_t>(nanoseconds), std::memory_order_relaxed);
}

std::uint64_t call_statistics::count(call_kind kind, call_end end) const noexcept {
    const auto& at = rows_[static_cast<std::size_t>(kind)];
    return at.ends[static_cast<std::size_t>(end)].load(std::memory_order_relaxed);
}

std::chrono::nanoseconds call_statistics::time(call_kind kind) const noexcept {
    const auto& at = rows_[static_cast<std::size_t>(kind)];
    return std::chrono::nanoseconds(at.nanoseconds.load(std::memory_order_relaxed));
}

void call_record::completed(unsigned status) noexcept {
    end_ = call_end::ok;
    if (status >= 400)
        end_ = status < 500 ? call_end::refused : call_end::failed;
}

void call_record::failed(const engine_error& error) noexcept {
    switch (error.fault()) {
    case engine_fault::refused:
        return completed(error.status());
    case engine_fault::timeout:
        end_ = call_end::timeout;
        return;
    case engine_fault::unreachable:
        end_ = call_end::unreachable;
        return;
    case engine_fault::unsupported: // derived from a response, so no call ends with it
    case engine_fault::broken:
        end_ = call_end::broken;
        return;
    }
}

} // namespace docker_run::docker
