#include "api/run_request.hpp"

#include "json/json_check.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace docker_run {

namespace {

run_request_fault fault(std::string_view message) {
    return {"Failed to parse json from request: " + std::string(message)};
}

// Notes where the members are, and whether each is of its type and there once.
class request_listener : public json_listener {
  public:
    explicit request_listener(run_form form) : form_(form) {}

    bool null() override { return value("null"); }
    bool boolean(bool truth) override;
    bool number_integer(number_integer_t) override { return value("a number"); }
    bool number_unsigned(number_unsigned_t number) override;
    bool number_float(number_float_t, const string_t&) override { return value("a number"); }
    bool string(string_t& text) override;
    bool key(string_t& name) override;
    bool open(bool is_object, std::size_t offset, std::size_t depth) override;
    bool close(std::size_t offset, std::size_t depth) override;

    /// What is wrong with the members, once the parser is done.
    [[nodiscard]] std::optional<std::string> member_fault() const;
    std::string& image() { return image_; }
    [[nodiscard]] bool binary() const { return binary_.value_or(false); }
    [[nodiscard]] std::optional<window_size> tty() const { return window_size::of(tty_.rows, tty_.columns); }
    [[nodiscard]] std::string_view payload_in(std::string_view body) const {
        return body.substr(payload_begin_, payload_end_ - payload_begin_);
    }

  private:
    enum class member : std::uint8_t { other, image, payload, binary, tty };

    /// The member `tty` as far as it has been read.
    struct terminal {
        bool is_given = false;
        std::string name; ///< of its current member
        std::optional<std::uint64_t> rows, columns;
    };

    [[nodiscard]] member member_of(std::string_view name) const;
    bool value(std::string_view type);
    bool refuse(std::string message);
    bool refuse_tty();
    bool is_in_tty() const { return depth_ == 2 && member_ == member::tty; }

    run_form form_;
    std::size_t depth_ = 0;
    member member_ = member::other;
    bool has_image_ = false;
    bool has_payload_ = false;
    std::string image_;
    std::optional<bool> binary_;
    terminal tty_;
    std::size_t payload_begin_ = 0;
    std::size_t payload_end_ = 0;
    std::optional<std::string> member_fault_;
};

bool request_listener::refuse(std::string message) {
    member_fault_ = std::move(message);
    return false;
}

request_listener::member request_listener::member_of(std::string_view name) const {
    if (name == "image")
        return member::image;
    if (name == "payload")
        return member::payload;
    if (form_ != run_form::plain && name == "binary")
        return member::binary;
    return form_ == run_form::interactive && name == "tty" ? member::tty : member::other;
}

bool request_listener::refuse_tty() {
    return refuse("member 'tty' must be an object of 'rows' and 'columns', from 1 to 65535");
}

bool request_listener::key(string_t& name) {
    if (is_in_tty())
        tty_.name = name;
    if (depth_ != 1)
        return true;
    member_ = member_of(name);
    if (member_ == member::image && has_image_)
        return refuse("duplicate member 'image'");
    if (member_ == member::payload && has_payload_)
        return refuse("duplicate member 'payload'");
    if (member_ == member::binary && binary_)
        return refuse("duplicate member 'binary'");
    if (member_ == member::tty && tty_.is_given)
        return refuse("duplicate member 'tty'");
    return true;
}

bool request_listener::number_unsigned(number_unsigned_t number) {
    if (!is_in_tty())
        return value("a number");
    auto& size = tty_.name == "rows" ? tty_.rows : tty_.columns;
    const bool is_known = tty_.name == "rows" || tty_.name == "columns";
    if (!is_known || size)
        return refuse_tty();
    size = number;
    return true;
}

bool request_listener::boolean(bool truth) {
    if (depth_ != 1 || member_ != member::binary)
        return value("a boolean");
    binary_ = truth;
    return true;
}

bool request_listener::value(std::string_view type) {
    if (is_in_tty())
        return refuse_tty();
    if (depth_ != 1 || member_ == member::other)
        return true;
    if (member_ == member::tty) {
        tty_.is_given = true;
        return type == "an object" || refuse_tty();
    }
    if (member_ == member::image)
        return refuse("member 'image' must be a string, not " + std::string(type));
    if (member_ == member::binary)
        return refuse("member 'binary' must be a boolean, not " + std::string(type));
    if (type != "an object")
        return refuse("member 'payload' must be an object, not " + std::string(type));
    has_payload_ = true;
    return true;
}

bool request_listener::open(bool is_object, std::size_t offset, std::size_t depth) {
    if (depth == 2 && member_ == member::payload)
        payload_begin_ = offset;
    if (!value(is_object ? "an object" : "an array"))
        return false;
    depth_ = depth;
    return true;
}

bool request_listener::close(std::size_t offset, std::size_t depth) {
    if (depth == 2 && member_ == member::payload)
        payload_end_ = offset + 1;
    if (is_in_tty() && !tty())
        return refuse_tty();
    depth_ = depth - 1;
    return true;
}

bool request_listener::string(string_t& text) {
    if (depth_ != 1 || member_ != member::image)
        return value("a string");
    has_image_ = true;
    image_ = std::move(text);
    return true;
}

std::optional<std::string> request_listener::member_fault() const {
    if (member_fault_)
        return member_fault_;
    if (!has_image_)
        return "member 'image' is missing";
    if (!has_payload_)
        return "member 'payload' is missing";
    return std::nullopt;
}

} // namespace

std::variant<run_request, run_request_fault> parse_run_request(std::string_view body, run_form form) {
    request_listener listener(form);
    if (const auto invalid = check_json(body, listener))
        return fault(to_string(*invalid));
    if (const auto wrong = listener.member_fault())
        return fault(*wrong);
    return run_request{std::move(listener.image()), listener.payload_in(body), listener.binary(),
                       listener.tty()};
}

} // namespace docker_run
