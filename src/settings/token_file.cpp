#include "settings/token_file.hpp"

#include "settings/token_line.hpp"
#include "system/trusted_file.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace docker_run {

namespace {

/// The tokens of a file. Takes the lines one after the other.
class token_list {
  public:
    /// Returns the fault of the line, or an empty text.
    std::string add(token_line line, std::size_t number);
    std::vector<access_token> tokens() && { return std::move(tokens_); }

  private:
    struct origin {
        std::shared_ptr<const caller> owner;
        std::size_t line;
    };
    std::map<std::string, origin> owners_; ///< by name
    std::vector<access_token> tokens_;
};

std::string token_list::add(token_line line, std::size_t number) {
    auto& known = owners_[line.owner.name];
    if (!known.owner)
        known = {std::make_shared<const caller>(std::move(line.owner)), number};
    else if (*known.owner != line.owner)
        return "does not say the same of its name as line " + std::to_string(known.line);
    const auto same = std::ranges::find(tokens_, line.token, &access_token::text);
    if (same != tokens_.end() && same->owner != known.owner)
        return "has a token that is there already, with another name";
    tokens_.push_back({std::move(line.token), known.owner});
    return {};
}

std::variant<std::vector<access_token>, token_file_fault> read_tokens(std::string_view content) {
    token_list list;
    for (std::size_t number = 1; !content.empty(); ++number) {
        const auto end = std::min(content.find('\n'), content.size());
        const auto line = content.substr(0, end);
        content.remove_prefix(std::min(end + 1, content.size()));
        if (line.empty())
            continue;
        const auto at = "line " + std::to_string(number) + " ";
        auto read = parse_token_line(line);
        if (const auto* fault = std::get_if<token_line_fault>(&read))
            return token_file_fault{at + fault->reason};
        if (const auto fault = list.add(std::get<token_line>(std::move(read)), number); !fault.empty())
            return token_file_fault{at + fault};
    }
    auto tokens = std::move(list).tokens();
    if (tokens.empty())
        return token_file_fault{"no token in it"};
    return tokens;
}

} // namespace

std::variant<std::vector<access_token>, token_file_fault> read_token_file(const std::string& path) {
    const auto read = read_trusted_file(path, max_token_file_size, trusted_content::secret);
    if (const auto* fault = std::get_if<trusted_file_fault>(&read))
        return token_file_fault{fault->reason};
    return read_tokens(std::get<std::string>(read));
}

} // namespace docker_run
