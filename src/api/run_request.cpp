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
    explicit request_listener(bool is_live) : is_live_(is_live) {}

    bool null() override { return value("null"); }
    bool boolean(bool truth) override;
    bool number_integer(number_integer_t) override { return value("a number"); }
    bool number_unsigned(number_unsigned_t) override { return value("a number"); }
    bool number_float(number_float_t, const string_t&) override { return value("a number"); }
    bool string(string_t& text) override;
    bool key(string_t& name) override;
    bool open(bool is_object, std::size_t offset, std::size_t depth) override;
    bool close(std::size_t offset, std::size_t depth) override;

    /// What is wrong with the members, once the parser is done.
    [[nodiscard]] std::optional<std::string> member_fault() const;
    std::string& image() { return image_; }
    [[nodiscard]] bool binary() const { return binary_.value_or(false); }
    [[nodiscard]] std::string_view payload_in(std::string_view body) const {
        return body.substr(payload_begin_, payload_end_ - payload_begin_);
    }

  private:
    enum class member : std::uint8_t { other, image, payload, binary };

    [[nodiscard]] member member_of(std::string_view name) const;
    bool value(std::string_view type);
    bool refuse(std::string message);

    bool is_live_;
    std::size_t depth_ = 0;
    member member_ = member::other;
    bool has_image_ = false;
    bool has_payload_ = false;
    std::string image_;
    std::optional<bool> binary_;
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
    return is_live_ && name == "binary" ? member::binary : member::other;
}

bool request_listener::key(string_t& name) {
    if (depth_ != 1)
        return true;
    member_ = member_of(name);
    if (member_ == member::image && has_image_)
        return refuse("duplicate member 'image'");
    if (member_ == member::payload && has_payload_)
        return refuse("duplicate member 'payload'");
    if (member_ == member::binary && binary_)
        return refuse("duplicate member 'binary'");
    return true;
}

bool request_listener::boolean(bool truth) {
    if (depth_ != 1 || member_ != member::binary)
        return value("a boolean");
    binary_ = truth;
    return true;
}

bool request_listener::value(std::string_view type) {
    if (depth_ != 1 || member_ == member::other)
        return true;
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

std::variant<run_request, run_request_fault> parse_run_request(std::string_view body, bool is_live) {
    request_listener listener(is_live);
    if (const auto invalid = check_json(body, listener))
        return fault(to_string(*invalid));
    if (const auto wrong = listener.member_fault())
        return fault(*wrong);
    return run_request{std::move(listener.image()), listener.payload_in(body), listener.binary()};
}

} // namespace docker_run
