#include "json/json_check.hpp"

#include "json/json_scanner.hpp"

namespace docker_run {

namespace {

constexpr int number_out_of_range = 406; // nlohmann's id of out_of_range for a number beyond a double

// nlohmann's sentence without its position (ours counts from 0) and without the token that it read last,
// which may be as long as the text and hold anything.
std::string reason_of(const nlohmann::detail::exception& error) {
    if (error.id == number_out_of_range)
        return "number out of range";
    const std::string_view what = error.what();
    const auto end = what.find("; last read: ");
    const auto begin = what.find("syntax error ");
    if (begin == std::string_view::npos)
        return "invalid JSON";
    return std::string(what.substr(begin, end == std::string_view::npos ? end : end - begin));
}

std::optional<json_fault> check_ahead_of_the_parser(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf"))
        return json_fault{0, "byte order mark"};
    const auto nul = text.find('\0');
    if (nul != std::string_view::npos)
        return json_fault{nul, "NUL byte"};

    object_scanner scanner;
    const auto taken = scanner.feed(text);
    if (scanner.current_state() == object_scanner::state::not_an_object)
        return json_fault{taken, "not an object"};
    if (scanner.current_state() == object_scanner::state::too_deep)
        return json_fault{taken, "nested deeper than " + std::to_string(max_json_depth) + " levels"};
    return std::nullopt;
}

} // namespace

std::string to_string(const json_fault& fault) {
    return fault.reason + " at byte " + std::to_string(fault.offset);
}

bool json_listener::parse_error(std::size_t position, const std::string&,
                                const nlohmann::detail::exception& error) {
    // nlohmann counts the bytes that it has read, the offending one included.
    fault_ = json_fault{position == 0 ? 0 : position - 1, reason_of(error)};
    return false;
}

std::optional<json_fault> check_json(std::string_view text) {
    json_listener listener;
    return check_json(text, listener);
}

std::optional<json_fault> check_json(std::string_view text, json_listener& listener) {
    if (auto fault = check_ahead_of_the_parser(text))
        return fault;
    nlohmann::json::sax_parse(text.begin(), text.end(), &listener);
    return listener.fault();
}

} // namespace docker_run
