#include "json/json_check.hpp"

#include "json/json_scanner.hpp"

#include <cstddef>
#include <iterator>
#include <utility>

namespace docker_run {

namespace {

constexpr int number_out_of_range = 406; // nlohmann's id of out_of_range for a number beyond a double

// nlohmann's sentence without its position (ours counts from 0) and without the token that it read last,
// which may be as long as the text and hold anything.
std::string reason_of(const nlohmann::json::exception& error) {
    if (error.id == number_out_of_range)
        return "number out of range";
    const std::string_view sentence = error.what();
    const auto end = sentence.find("; last read: ");
    const auto begin = sentence.find("syntax error ");
    if (begin == std::string_view::npos)
        return "invalid JSON";
    return std::string(sentence.substr(begin, end == std::string_view::npos ? end : end - begin));
}

/// An iterator that tells how far the parser has read.
class read_position {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    read_position(const char* at, const char*& furthest) : at_(at), furthest_(&furthest) {}

    reference operator*() const { return *at_; }
    read_position& operator++() {
        *furthest_ = ++at_;
        return *this;
    }
    read_position operator++(int) {
        const auto before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const read_position& a, const read_position& b) { return a.at_ == b.at_; }

  private:
    const char* at_;
    const char** furthest_;
};

/// What nlohmann's parser talks to. It bounds the depth and hands everything else on.
class bounded_parser {
  public:
    using number_integer_t = json_listener::number_integer_t;
    using number_unsigned_t = json_listener::number_unsigned_t;
    using number_float_t = json_listener::number_float_t;
    using string_t = json_listener::string_t;
    using binary_t = nlohmann::json::binary_t;

    bounded_parser(std::string_view text, json_listener& listener)
        : text_(text), listener_(listener), furthest_(text.data()) {}

    std::optional<json_fault> parse() {
        const auto* const begin = text_.data();
        const auto* const end = begin + text_.size();
        const bool ended =
            nlohmann::json::sax_parse(read_position(begin, furthest_), read_position(end, furthest_), this);
        // nlohmann takes a NUL for the end of the text.
        if (ended && consumed() > 0 && text_[consumed() - 1] == '\0')
            fault_ = json_fault{consumed() - 1, "NUL byte"};
        return std::move(fault_);
    }

    bool null() { return listener_.null(); }
    bool boolean(bool value) { return listener_.boolean(value); }
    bool number_integer(number_integer_t value) { return listener_.number_integer(value); }
    bool number_unsigned(number_unsigned_t value) { return listener_.number_unsigned(value); }
    bool number_float(number_float_t value, const string_t& text) {
        return listener_.number_float(value, text);
    }
    bool string(string_t& value) { return listener_.string(value); }
    bool binary(binary_t&) { return true; }
    bool key(string_t& name) { return listener_.key(name); }
    bool start_object(std::size_t) { return open(true); }
    bool start_array(std::size_t) { return open(false); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
        // nlohmann counts the bytes that it has read, the offending one included.
        const auto offset = position == 0 ? 0 : position - 1;
        const bool is_nul = offset < text_.size() && text_[offset] == '\0';
        fault_ = json_fault{offset, is_nul ? "NUL byte" : reason_of(error)};
        return false;
    }

  private:
    [[nodiscard]] std::size_t consumed() const { return static_cast<std::size_t>(furthest_ - text_.data()); }

    bool open(bool is_object) {
        if (depth_ == max_json_depth) {
            fault_ = json_fault{consumed() - 1,
                                "nested deeper than " + std::to_string(max_json_depth) + " levels"};
            return false;
        }
        ++depth_;
        return listener_.open(is_object, consumed() - 1, depth_);
    }
    bool close() { return listener_.close(consumed() - 1, depth_--); }

    std::string_view text_;
    json_listener& listener_;
    const char* furthest_;
    std::size_t depth_ = 0;
    std::optional<json_fault> fault_;
};

/// Before the parser sees anything: it would take a byte order mark, and any value.
std::optional<json_fault> check_first_byte(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf"))
        return json_fault{0, "byte order mark"};
    const auto first = text.find_first_not_of(json_white_space);
    if (first == std::string_view::npos || text[first] == '{' || text[first] == '\0')
        return std::nullopt;
    return json_fault{first, "not an object"};
}

} // namespace

std::string to_string(const json_fault& fault) {
    return fault.reason + " at byte " + std::to_string(fault.offset);
}

std::optional<json_fault> check_json(std::string_view text) {
    json_listener listener;
    return check_json(text, listener);
}

std::optional<json_fault> check_json(std::string_view text, json_listener& listener) {
    if (auto fault = check_first_byte(text))
        return fault;
    return bounded_parser(text, listener).parse();
}

} // namespace docker_run
