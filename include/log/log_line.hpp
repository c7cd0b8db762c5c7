#pragma once

#include "log/log_settings.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace docker_run {

/// The value of a field: a text, a number, a boolean or a duration, or none of them. A text may hold any
/// bytes. It is not copied and must live until the event is written. A duration is written as milliseconds
/// with three decimals.
class log_value {
  public:
    template <typename T>
        requires std::convertible_to<const T&, std::string_view>
    log_value(const T& text) : value_(std::string_view(text)) {} // NOLINT(google-explicit-constructor)
    template <std::signed_integral T>
    log_value(T number) : value_(std::int64_t{number}) {}
    template <std::unsigned_integral T>
        requires(!std::same_as<T, bool>)
    log_value(T number) : value_(std::uint64_t{number}) {}
    template <std::same_as<bool> T>
    log_value(T truth) : value_(truth) {}
    log_value(double number) : value_(number) {}
    template <typename T>
    log_value(const std::optional<T>& value)
        : value_(value ? log_value(*value).value_ : std::string_view()) {}
    template <typename Count, typename Period>
    log_value(std::chrono::duration<Count, Period> duration)
        : value_(std::chrono::duration<double, std::milli>(duration).count()) {}

    bool is_empty_text() const;
    void append_to(std::string& line, log_format format) const;

  private:
    std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value_;
};

/// A field of an event. The name comes from the daemon itself: a word of lower-case letters and '_'.
struct log_field {
    std::string_view name;
    log_value value;
};

/// Formats one event as the part of its line after time and level: `event=run status=200 image="a b"`, or the
/// members of a JSON object, `"event":"run","status":200`. A field with an empty text, or with no
/// value, is omitted. The result
/// is always one line of printable ASCII, even if the texts hold other bytes. Each text is shown up to
/// max_quoted_bytes (quote.hpp).
std::string format_event(log_format format, std::string_view event, std::span<const log_field> fields);

} // namespace docker_run
