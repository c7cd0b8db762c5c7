#include "http/chunked_decoder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run::http {
namespace {

constexpr std::size_t limit = 1000;

struct decoded {
    std::string data;
    unsigned status; // 200 when the body is complete, 0 when more is needed, else that of the fault
    std::size_t used;
    friend bool operator==(const decoded&, const decoded&) = default;
};

decoded result_of(const chunked_decoder& decoder, std::string data, std::size_t used) {
    if (decoder.fault())
        return {std::move(data), decoder.fault()->status, used};
    return {std::move(data), decoder.is_done() ? 200U : 0U, used};
}

decoded decode(std::string_view bytes) {
    chunked_decoder decoder(limit);
    std::string data;
    const std::size_t used = decoder.decode(bytes, data);
    return result_of(decoder, std::move(data), used);
}

unsigned status_of(std::string_view bytes) {
    return decode(bytes).status;
}

std::string hex(std::size_t value) {
    std::string digits;
    for (; value > 0; value /= 16)
        digits.insert(digits.begin(), "0123456789abcdef"[value % 16]);
    return digits;
}

TEST(chunked_decoder, joins_the_chunks_and_stops_behind_the_body) {
    const std::string body = "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
    EXPECT_EQ(decode(body + "GET /"), (decoded{"abc0123456789", 200, body.size()}));
    EXPECT_EQ(decode("0\r\n\r\n"), (decoded{"", 200, 5}));
}

TEST(chunked_decoder, ignores_extensions) {
    EXPECT_EQ(decode("3;a=b;c\r\nabc\r\n0 \t; d=\"e;\\\"f\"\r\n\r\n").data, "abc");
    EXPECT_EQ(status_of("3;a=b;c\r\nabc\r\n0 \t; d=\"e;\\\"f\"\r\n\r\n"), 200U);
}

// Chunked bodies.
TEST(chunked_decoder, drops_trailers) {
    const std::string body = "1\r\na\r\n0\r\nX-Access-Token: t\r\nHost: h\r\nContent-Length: 5\r\n\r\n";
    EXPECT_EQ(decode(body), (decoded{"a", 200, body.size()}));
}

const std::vector<std::string>& malformed_bodies() {
    static const std::vector<std::string> bodies = {
        "0x5\r\n",
        "+5\r\n",
        "-5\r\n",
        " 5\r\n",
        "5 \r\n",
        "\r\n",
        ";a\r\n",
        "g\r\n",
        "5\n",
        "5\rx",
        "5;a\n",
        "5;a\rb",
        "5;\x01\r\n",
        "10000000000000000\r\n",
        "1\r\nab",
        "1\r\na\n",
        "1\r\na\rb",
        "0\r\nno colon\r\n",
        "0\r\n: a\r\n",
        "0\r\nX : a\r\n",
        "0\r\nX: a\r\n b\r\n",
        "0\r\nX: a\nb\r\n",
        "0\r\n\rx",
        std::string(25, '0') + "\r\n",
        "1\r\na\r\n\r\n",
    };
    return bodies;
}

TEST(chunked_decoder, refuses_malformed_bodies) {
    for (const std::string& body : malformed_bodies())
        EXPECT_EQ(status_of(body), 400U) << body;
}

TEST(chunked_decoder, takes_a_size_of_sixteen_digits_and_not_one_more) {
    EXPECT_EQ(decode("0000000000000001\r\na").data, "a");
    EXPECT_EQ(status_of("00000000000000001"), 400U);
}

TEST(chunked_decoder, refuses_sizes_that_would_overflow) {
    EXPECT_EQ(status_of("FFFFFFFFFFFFFFFF\r\n"), 413U);
    EXPECT_EQ(status_of("1\r\na\r\nFFFFFFFFFFFFFFFF\r\n"), 413U);
}

TEST(chunked_decoder, takes_a_body_of_the_limit_and_not_one_byte_more) {
    const std::string data(limit, 'x');
    EXPECT_EQ(decode(hex(limit) + "\r\n" + data + "\r\n0\r\n\r\n").data, data);
    EXPECT_EQ(status_of(hex(limit) + "\r\n" + data + "\r\n0\r\n\r\n"), 200U);
    EXPECT_EQ(status_of(hex(limit) + "\r\n" + data + "\r\n1\r\n"), 413U);
}

TEST(chunked_decoder, tells_a_body_over_the_limit_from_the_size_alone) {
    EXPECT_EQ(decode(hex(limit + 1) + "\r\n"), (decoded{"", 413, hex(limit + 1).size() + 2}));
}

std::string extensions_of(std::size_t size) {
    return "0;" + std::string(size - 2, 'a') + "\r\n\r\n"; // the CR counts, the size does not
}

TEST(chunked_decoder, takes_extensions_of_the_limit_and_not_one_byte_more) {
    EXPECT_EQ(status_of(extensions_of(max_chunk_extensions_size)), 200U);
    EXPECT_EQ(status_of(extensions_of(max_chunk_extensions_size + 1)), 400U);
    EXPECT_EQ(status_of(extensions_of(300'000)), 400U);
}

TEST(chunked_decoder, bounds_the_extensions_of_all_chunks_together) {
    std::string body;
    for (std::size_t i = 0; i < limit - 1; ++i)
        body += "1;" + std::string(20, 'a') + "\r\nx\r\n";
    EXPECT_EQ(status_of(body), 400U);
}

std::string trailers_of(std::size_t size) {
    return "0\r\nX:" + std::string(size - 2, 'a') + "\r\n\r\n";
}

TEST(chunked_decoder, takes_trailers_of_the_limit_and_not_one_byte_more) {
    EXPECT_EQ(status_of(trailers_of(max_trailers_size)), 200U);
    EXPECT_EQ(status_of(trailers_of(max_trailers_size + 1)), 431U);
    EXPECT_EQ(status_of(trailers_of(200'000)), 431U);
}

std::string trailers_counting(unsigned count) {
    std::string body = "0\r\n";
    for (unsigned i = 0; i < count; ++i)
        body += "X:\r\n";
    return body + "\r\n";
}

TEST(chunked_decoder, takes_a_hundred_trailers_and_not_one_more) {
    EXPECT_EQ(status_of(trailers_counting(max_trailer_count)), 200U);
    EXPECT_EQ(status_of(trailers_counting(max_trailer_count + 1)), 431U);
}

std::vector<std::string> all_kinds_of_bodies() {
    std::vector<std::string> bodies = malformed_bodies();
    bodies.emplace_back("3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\nZ: \r\n\r\nGET /");
    bodies.push_back(hex(limit + 1) + "\r\nabc");
    return bodies;
}

TEST(chunked_decoder, decodes_the_same_wherever_the_bytes_are_split) {
    for (const std::string& body : all_kinds_of_bodies()) {
        for (std::size_t size = 0; size <= body.size(); ++size) {
            chunked_decoder decoder(limit);
            std::string data;
            std::size_t used = decoder.decode(std::string_view(body).substr(0, size), data);
            if (used == size)
                used += decoder.decode(std::string_view(body).substr(size), data);
            EXPECT_EQ(result_of(decoder, data, used), decode(body)) << body << " split at " << size;
        }
    }
}

TEST(chunked_decoder, decodes_the_same_byte_by_byte) {
    for (const std::string& body : all_kinds_of_bodies()) {
        chunked_decoder decoder(limit);
        std::string data;
        std::size_t used = 0;
        for (const char& c : body)
            used += decoder.decode(std::string_view(&c, 1), data);
        EXPECT_EQ(result_of(decoder, data, used), decode(body)) << body;
    }
}

} // namespace
} // namespace docker_run::http
