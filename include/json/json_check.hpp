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
class json_listener : public nlohmann::json_sax<nlohmann::json> {
  public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t position, const std::string& last_token,
                     const nlohmann::detail::exception& error) final;

    /// The fault that the parser found, if it found one.
    [[nodiscard]] const std::optional<json_fault>& fault() const { return fault_; }

  private:
    std::optional<json_fault> fault_;
};

/// Says why `text` is not exactly one valid JSON object in UTF-8 (RFC 8259), white space around it allowed;
/// nothing if it is. Refused besides: a byte order mark, a NUL anywhere (both of which nlohmann would take),
/// nesting deeper than max_json_depth, and numbers beyond a double. Time and memory are linear in the text.
std::optional<json_fault> check_json(std::string_view text);

/// The same, with a listener that sees every event. A listener that returns false ends the check; that is no
/// fault.
std::optional<json_fault> check_json(std::string_view text, json_listener& listener);

} // namespace docker_run
