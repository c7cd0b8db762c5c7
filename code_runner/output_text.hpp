#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace code_runner {

/// Converts the output of a program, piece by piece, to the content of a JSON string. Characters that JSON
/// forbids are escaped. Each ill-formed UTF-8 sequence becomes U+FFFD ("substitution of maximal subparts",
/// Unicode 15, section 3.9). Keeps the beginning: after `limit` encoded bytes everything is dropped, in whole
/// characters. May also only count, for output that somebody else keeps.
class output_text {
  public:
    enum class storage : std::uint8_t { kept, counted };

    explicit output_text(std::size_t limit, storage kind = storage::kept) : limit_{limit}, storage_{kind} {}

    /// Returns how many of these bytes are before the point where it began to drop: all, if it did not.
    std::size_t append(std::string_view bytes);

    /// Call it after the last append. An incomplete sequence becomes U+FFFD.
    void finish();

    /// Empty if the text is only counted.
    const std::string& encoded() const { return encoded_; }

    /// Returns what is encoded so far and forgets it, so that the limit counts anew. An incomplete sequence
    /// stays.
    std::string take() {
        size_ = 0;
        return std::exchange(encoded_, {});
    }

    /// The size of the encoded text.
    std::size_t size() const { return size_; }

    /// Whether something was dropped.
    bool truncated() const { return truncated_; }

  private:
    std::size_t append_plain(std::string_view bytes);
    void take(unsigned char byte);
    void start_sequence(unsigned char byte);
    void emit(std::string_view unit);
    void keep(std::string_view text);

    std::size_t limit_;
    storage storage_;
    std::size_t size_ = 0;
    std::string encoded_;
    bool truncated_ = false;

    std::string sequence_;        ///< bytes of an unfinished UTF-8 sequence
    std::size_t missing_ = 0;     ///< how many more it needs
    unsigned char lowest_ = 0x80; ///< range of its next byte
    unsigned char highest_ = 0xBF;
};

/// The longest beginning of encoded text that has at most `size` bytes and splits no escape and no character.
std::string_view encoded_head(std::string_view encoded, std::size_t size);

} // namespace code_runner
