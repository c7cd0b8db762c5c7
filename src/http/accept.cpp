#include "http/accept.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace docker_run::http {
namespace {

constexpr unsigned full_weight = 1000;

/// Takes the text up to the next `separator` that is not in a quoted string (RFC 9110, 5.6.4), without the
/// white space around it.
std::string_view take_item(std::string_view& rest, char separator) {
    bool is_quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (is_quoted || rest[end] != separator); ++end)
        if (rest[end] == '"')
            is_quoted = !is_quoted;
        else if (is_quoted && rest[end] == '\\')
            ++end;
    const auto item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trim(item);
}

/// qvalue (RFC 9110, 12.4.2) in thousandths; 0 for any other text.
unsigned parse_weight(std::string_view text) {
    constexpr std::string_view::size_type longest = 5;
    const bool is_number =
        !text.empty() && text.size() <= longest && (text[0] == '0' || text[0] == '1') &&
        (text.size() == 1 || text[1] == '.') &&
        std::all_of(text.begin() + std::min<std::ptrdiff_t>(2, std::ssize(text)), text.end(), is_digit);
    if (!is_number)
        return 0;
    unsigned weight = text[0] == '1' ? full_weight : 0;
    unsigned place = 100;
    for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
        weight += place * static_cast<unsigned>(digit - '0');
        place /= 10;
    }
    return weight <= full_weight ? weight : 0;
}

/// The weight of one element of the list; 0 if it names another type.
unsigned weight_in(std::string_view element, std::string_view media_type) {
    if (!equals_ignoring_case(take_item(element, ';'), media_type))
        return 0;
    while (!element.empty()) {
        auto parameter = take_item(element, ';');
        const auto name = take_item(parameter, '=');
        if (equals_ignoring_case(name, "q"))
            return parse_weight(trim(parameter));
    }
    return full_weight;
}

} // namespace

unsigned weight_of(std::string_view media_type, const boost::beast::http::fields& fields) {
    unsigned weight = 0;
    const auto [first, last] = fields.equal_range(boost::beast::http::field::accept);
    for (auto field = first; field != last; ++field) {
        std::string_view list = field->value();
        while (!list.empty())
            weight = std::max(weight, weight_in(take_item(list, ','), media_type));
    }
    return weight;
}

} // namespace docker_run::http
