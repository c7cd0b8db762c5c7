#include "json/quote.hpp"

#include <nlohmann/json.hpp>

namespace docker_run {

std::string quote(std::string_view text) {
    std::string shown(text.substr(0, max_quoted_bytes));
    if (shown.size() < text.size())
        shown += "...";
    const nlohmann::json value = std::move(shown);
    return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

} // namespace docker_run
