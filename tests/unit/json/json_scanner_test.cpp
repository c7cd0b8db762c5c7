#include "json/json_check.hpp"
#include "json/json_scanner.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <vector>

namespace docker_run {
namespace {

using state = object_scanner::state;

struct scan {
    std::size_t taken;
    std::size_t size;
    state end;
    friend bool operator==(const scan&, const scan&) = default;
};

void PrintTo(const scan& value, std::ostream* out) {
    *out << "taken " << value.taken << ", size " << value.size << ", state " << static_cast<int>(value.end);
}

scan scan_pieces(const std::vector<std::string_view>& pieces) {
    object_scanner scanner;
    std::size_t taken = 0;
    for (const auto piece : pieces) {
        const auto now = scanner.feed(piece);
        taken += now;
        if (now < piece.size())
            break;
    }
    return {taken, scanner.size(), scanner.current_state()};
}

scan scan_whole(std::string_view text) {
    return scan_pieces({text});
}

std::string nested(std::size_t depth) {
    std::string text = "{\"a\":";
    text.append(depth - 1, '[').append(depth - 1, ']');
    return text + "}";
}

const std::vector<std::string> documents = {
    R"({})",
    R"({"a":1})",
    " \t\r\n {\"stdout\":\"hi\\n\",\"stderr\":\"\",\"error\":\"\",\"duration\":12345}",
    R"({"a":"}"})",
    R"({"a":"\"}"})",
    R"({"a":"\\"})",
    R"({"a":"\\\"","b":"\\\\"})",
    R"({"\"":{"[":["]","{",[],{}]},"b":[[[{"c":null}]]]})",
    R"({"a":"\u007d\ud83d\ude00\/","b":-1.5e-7,"c":true,"d":false})",
    "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}",
    R"({ "a" : [ 1 , 2 , { } ] , "" : "" })",
};

TEST(object_scanner_test, ends_at_the_closing_brace_whatever_follows) {
    for (const auto& document : documents) {
        for (const std::string after : {"", " ", "}", "{}", "\"", "x", "\n{\"b\":2}"}) {
            const auto begin = document.find('{');
            EXPECT_EQ(scan_whole(document + after),
                      (scan{document.size(), document.size() - begin, state::complete}))
                << document << after;
        }
    }
}

TEST(object_scanner_test, is_incomplete_at_every_prefix_of_a_valid_object) {
    for (const auto& document : documents) {
        for (std::size_t size = 0; size < document.size(); ++size) {
            const auto begin = document.find('{');
            const auto expected = size <= begin ? state::before : state::inside;
            EXPECT_EQ(scan_whole(std::string_view(document).substr(0, size)).end, expected)
                << document << " cut at " << size;
        }
    }
}

TEST(object_scanner_test, sees_the_same_however_the_bytes_are_split) {
    for (const auto& document : documents) {
        const auto text = document + " {}";
        const std::string_view whole = text;
        const auto expected = scan_whole(whole);
        std::vector<std::string_view> bytes;
        for (std::size_t at = 0; at <= whole.size(); ++at) {
            EXPECT_EQ(scan_pieces({whole.substr(0, at), whole.substr(at)}), expected) << text << " at " << at;
            if (at < whole.size())
                bytes.push_back(whole.substr(at, 1));
        }
        EXPECT_EQ(scan_pieces(bytes), expected) << text << " byte by byte";
    }
}

TEST(object_scanner_test, refuses_anything_but_an_object) {
    for (const std::string_view text :
         {"[", "\"", "x", "1", "}", "]", "null", "\xef\xbb\xbf{}", "\v{}", "\f{}"})
        EXPECT_EQ(scan_whole(text), (scan{0, 0, state::not_an_object})) << text;
    EXPECT_EQ(scan_whole(" \n[{}]"), (scan{2, 0, state::not_an_object}));
    EXPECT_EQ(scan_whole(std::string_view("\0{}", 3)), (scan{0, 0, state::not_an_object}));
}

TEST(object_scanner_test, takes_depth_128_and_refuses_129) {
    const auto deepest = nested(max_json_depth);
    EXPECT_EQ(scan_whole(deepest), (scan{deepest.size(), deepest.size(), state::complete}));

    const auto too_deep = nested(max_json_depth + 1);
    const auto offending = too_deep.find('[') + max_json_depth - 1;
    EXPECT_EQ(scan_whole(too_deep), (scan{offending, offending, state::too_deep}));
    EXPECT_EQ(scan_whole(nested(1'000'000)).end, state::too_deep);
}

TEST(object_scanner_test, takes_nothing_once_it_is_done) {
    for (const std::string_view text : {"{}", "[", "{\"a\":1}"}) {
        object_scanner scanner;
        scanner.feed(text);
        const auto size = scanner.size();
        EXPECT_EQ(scanner.feed("{} "), 0U) << text;
        EXPECT_EQ(scanner.size(), size) << text;
    }
}

TEST(object_scanner_test, takes_time_linear_in_a_string_of_backslashes_and_quotes) {
    // Quadratic time would be 10^12 steps here, which no test's time limit holds.
    for (const std::string_view unit : {"\\\\", "\\\"", "\\\\\\\""}) {
        std::string text = "{\"a\":\"";
        while (text.size() < 1'000'000)
            text += unit;
        text += "\"}";
        EXPECT_EQ(scan_whole(text), (scan{text.size(), text.size(), state::complete}));
    }
}

// The scanner against nlohmann: documents, and what becomes of them by random edits with a fixed seed.
class mutations {
  public:
    std::string next() {
        std::string text = documents[below(documents.size())];
        for (std::size_t edits = 1 + below(3); edits > 0 && !text.empty(); --edits)
            edit(text);
        return text;
    }

    std::size_t below(std::size_t bound) { return random_() % bound; }

  private:
    void edit(std::string& text) {
        static constexpr std::string_view bytes = "{}[]\"\\:, \n01e-.utnx\x7f\xc3\xa9\x01";
        const auto at = below(text.size());
        const char byte = bytes[below(bytes.size())];
        switch (below(4)) {
        case 0:
            text.erase(at, 1);
            break;
        case 1:
            text.insert(at, 1, byte);
            break;
        case 2:
            text[at] = byte;
            break;
        default:
            text.insert(at, text.substr(below(text.size()), below(8)));
            break;
        }
    }

    std::mt19937 random_{20'031'984}; // NOLINT: a fixed seed, so that a failure comes again
};

TEST(object_scanner_test, ends_where_nlohmann_says_that_an_object_ends) {
    mutations source;
    std::size_t complete = 0;
    for (int round = 0; round < 5'000; ++round) {
        const auto text = source.next();
        const auto seen = scan_whole(text);
        complete += seen.end == state::complete ? 1 : 0;
        for (std::size_t size = 1; size <= text.size(); ++size) {
            const auto prefix = std::string_view(text).substr(0, size);
            if (prefix.back() != '}' || !nlohmann::json::accept(prefix))
                continue;
            EXPECT_EQ(seen.end, state::complete) << text;
            EXPECT_EQ(seen.taken, size) << text;
        }
    }
    EXPECT_GT(complete, 500U) << "the edits leave too little to compare";
}

TEST(object_scanner_test, sees_the_same_in_random_pieces_of_random_texts) {
    mutations source;
    for (int round = 0; round < 5'000; ++round) {
        const auto text = source.next();
        std::vector<std::string_view> pieces;
        for (std::string_view rest = text; !rest.empty();) {
            const auto size = std::min(rest.size(), source.below(5));
            pieces.push_back(rest.substr(0, size));
            rest.remove_prefix(size);
        }
        EXPECT_EQ(scan_pieces(pieces), scan_whole(text)) << text;
    }
}

TEST(check_json_test, agrees_with_nlohmann_on_objects_without_nul) {
    mutations source;
    std::size_t valid = 0;
    for (int round = 0; round < 20'000; ++round) {
        const auto text = source.next();
        const auto first = text.find_first_not_of(" \t\r\n");
        const bool expected =
            first != std::string::npos && text[first] == '{' && nlohmann::json::accept(text);
        valid += expected ? 1 : 0;
        EXPECT_EQ(!check_json(text).has_value(), expected) << text;
    }
    EXPECT_GT(valid, 1'000U) << "the edits leave too little to compare";
}

} // namespace
} // namespace docker_run
