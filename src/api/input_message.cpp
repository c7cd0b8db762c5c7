#include "api/input_message.hpp"

#include "json/base64.hpp"
#include "json/json_check.hpp"
#include "run/input_frames.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace docker_run {

namespace {

using member_value = std::variant<std::string, std::uint64_t>;

/// Collects the members of a flat object of strings and numbers.
class flat_object : public json_listener {
  public:
    bool null() override { return refuse_value(); }
    bool boolean(bool) override { return refuse_value(); }
    bool number_integer(number_integer_t) override { return refuse_value(); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t, const string_t&) override { return refuse_value(); }
    bool string(string_t& text) override { return add(std::move(text)); }
    bool key(string_t& name) override {
        name_ = std::move(name);
        return true;
    }
    bool open(bool, std::size_t, std::size_t depth) override { return depth == 1 || refuse_value(); }

    const std::optional<std::string>& fault() const { return fault_; }
    std::size_t size() const { return members_.size(); }

    /// Null: there is none of that name and type.
    template <class T>
    const T* find(std::string_view name) const {
        const auto found = members_.find(name);
        return found == members_.end() ? nullptr : std::get_if<T>(&found->second);
    }

  private:
    bool add(member_value value) {
        if (!members_.try_emplace(std::move(name_), std::move(value)).second)
            fault_ = "has a duplicate member";
        return !fault_;
    }
    bool refuse_value() {
        fault_ = "has a member that is neither a string nor a whole number";
        return false;
    }

    std::string name_;
    std::map<std::string, member_value, std::less<>> members_;
    std::optional<std::string> fault_;
};

using parsed_frames = std::variant<std::string, input_message_fault>;

input_message_fault wrong(std::string_view reason) {
    return {"The message " + std::string(reason)};
}

/// The frames for the members besides `type`.
parsed_frames read_stdin(const flat_object& message) {
    if (const auto* text = message.find<std::string>("text"))
        return input_frames(*text);
    const auto* bytes = message.find<std::string>("bytes");
    const auto decoded = bytes ? decode_base64(*bytes) : std::nullopt;
    if (!decoded)
        return wrong("of type 'stdin' must have either 'text', a string, or 'bytes', a string of base64");
    return input_frames(*decoded);
}

parsed_frames read_signal(const flat_object& message) {
    constexpr auto known = std::to_array<std::string_view>({"INT", "TERM", "KILL"});
    const auto* name = message.find<std::string>("signal");
    if (!name || std::ranges::find(known, *name) == known.end())
        return wrong("of type 'signal' must have the member 'signal': \"INT\", \"TERM\" or \"KILL\"");
    return signal_frame(*name);
}

parsed_frames read_resize(const flat_object& message) {
    const auto number = [&](std::string_view name) {
        const auto* value = message.find<std::uint64_t>(name);
        return value ? std::optional(*value) : std::nullopt;
    };
    const auto size = window_size::of(number("rows"), number("columns"));
    if (!size)
        return wrong("of type 'resize' must have the members 'rows' and 'columns', from 1 to 65535");
    return window_frame(*size);
}

parsed_frames read_end(const flat_object&) {
    return end_of_input_frame();
}

struct message_form {
    std::string_view type;
    std::size_t members; ///< all of them
    parsed_frames (*read)(const flat_object&);
};
constexpr message_form forms[] = {
    {"stdin", 2, read_stdin}, {"eof", 1, read_end}, {"signal", 2, read_signal}, {"resize", 3, read_resize}};

} // namespace

parsed_frames parse_input_message(std::string_view text) {
    flat_object message;
    if (const auto invalid = check_json(text, message))
        return wrong("is not a JSON object: " + to_string(*invalid));
    if (message.fault())
        return wrong(*message.fault());
    const auto* type = message.find<std::string>("type");
    const auto* form = type ? std::ranges::find(forms, *type, &message_form::type) : std::end(forms);
    if (form == std::end(forms))
        return wrong("must have the member 'type': \"stdin\", \"eof\", \"signal\" or \"resize\"");
    auto frames = form->read(message);
    if (std::holds_alternative<std::string>(frames) && message.size() != form->members)
        return wrong("has a member that its type does not have");
    return frames;
}

} // namespace docker_run
