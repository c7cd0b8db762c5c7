#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// Why a text is not one JSON object. The reason is ours or nlohmann's: a short ASCII sentence that repeats
/// nothing of the text.
struct json_fault {
    std::size_t offset; ///< of the byte that cannot be, the text's size where it ends too early
    std::string reason;
};

/// "REASON at byte OFFSET".
std::string to_string(const json_fault& fault);

/// Takes every event of the SAX parser and does nothing; derive from it to listen. No document is built, so
/// that neither the number of members nor the collisions of their names cost anything.
class json_listener {
  public:
    using number_integer_t = nlohmann::json::number_integer_t;
    using number_unsigned_t = nlohmann::json::number_unsigned_t;
    using number_float_t = nlohmann::json::number_float_t;
    using string_t = nlohmann::json::string_t;

    virtual ~json_listener() = default;

    // Each returns false to end the check.

    virtual bool null() { return true; }
    virtual bool boolean(bool) { return true; }
    virtual bool number_integer(number_integer_t) { return true; }
    virtual bool number_unsigned(number_unsigned_t) { return true; }
    virtual bool number_float(number_float_t, const string_t&) { return true; }
    virtual bool string(string_t&) { return true; }
    virtual bool key(string_t&) { return true; }

    /// `offset`: of the bracket or brace. `depth`: of what it opens or closes, 1 for the outermost object.
    virtual bool open(bool /*is_object*/, std::size_t /*offset*/, std::size_t /*depth*/) { return true; }
    virtual bool close(std::size_t /*offset*/, std::size_t /*depth*/) { return true; }
};

/// Says why `text` is not exactly one valid JSON object in UTF-8 (RFC 8259), white space around it allowed;
/// nothing if it is. Refused besides: a byte order mark, a NUL anywhere (both of which nlohmann would take),
/// nesting deeper than max_json_depth, and numbers beyond a double. Reads the text once. Memory is bounded.
std::optional<json_fault> check_json(std::string_view text);

/// The same, with a listener that sees every event. A listener that returns false ends the check; that is no
/// fault.
std::optional<json_fault> check_json(std::string_view text, json_listener& listener);

} // namespace docker_run
