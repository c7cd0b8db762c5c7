// The pure code that every request or every byte of a container goes through, to be counted instruction by
// instruction: `hot_paths` lists its cases with the bytes that each handles, `hot_paths CASE TIMES` does one
// so often.

#include "api/run_request.hpp"
#include "docker/frame_parser.hpp"
#include "http/error.hpp"
#include "http/head_gate.hpp"
#include "json/json_check.hpp"
#include "json/json_scanner.hpp"
#include "run/run_output.hpp"

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace docker_run;

constexpr std::string_view head = "POST /run HTTP/1.1\r\n"
                                  "Host: runs.example.org:8088\r\n"
                                  "User-Agent: hackney/1.20.1\r\n"
                                  "Accept: */*\r\n"
                                  "X-Access-Token: 0123456789abcdef0123456789abcdef\r\n"
                                  "Content-Type: application/json\r\n"
                                  "Content-Length: 212\r\n"
                                  "\r\n";

/// What our runner prints for a program with some lines of output: `size` bytes of it, escapes among them.
std::string make_result(std::size_t size) {
    std::string text;
    while (text.size() < size)
        text += R"(line \"1\" of the output, as programs print it\n)";
    return R"({"stdout":")" + text + R"(","stderr":"","error":"","duration":1234567,"exitCode":0})";
}

std::string run_body(std::size_t size) {
    std::string text;
    while (text.size() < size)
        text += R"(print(\"Hello, world\")\n)";
    return R"({"image":"docker-run/python","payload":{"language":"python","files":[{"name":"main.py","content":")" +
           text + R"("}]}})";
}

/// In the engine's frames of at most `frame` bytes.
std::string framed(std::string_view text, std::size_t frame) {
    std::string stream;
    while (!text.empty()) {
        const auto piece = text.substr(0, frame);
        text.remove_prefix(piece.size());
        stream += {1, 0, 0, 0};
        for (int shift = 24; shift >= 0; shift -= 8)
            stream += static_cast<char>(piece.size() >> shift & 0xFF);
        stream += piece;
    }
    return stream;
}

struct hot_path {
    std::string input;
    std::function<std::size_t(std::string_view)>
        run; ///< what it returns only keeps the work from being left out
};

std::size_t gate(std::string_view bytes) {
    http::head_gate fresh;
    return fresh.inspect(bytes).index();
}

std::size_t frames(std::string_view bytes) {
    docker::frame_parser parser;
    std::size_t total = 0;
    parser.feed(bytes, [&](docker::frame_type, std::string_view piece) { total += piece.size(); });
    return total;
}

std::size_t scan(std::string_view bytes) {
    object_scanner scanner;
    return scanner.feed(bytes);
}

std::size_t check(std::string_view bytes) {
    return check_json(bytes).has_value() ? 1 : 0;
}

std::size_t envelope(std::string_view bytes) {
    return parse_run_request(bytes).index();
}

std::size_t output(std::string_view bytes) {
    run_output taken(bytes.size());
    taken.feed(bytes);
    return taken.object().text().size();
}

std::map<std::string, hot_path> hot_paths() {
    constexpr std::size_t small = 200;
    constexpr std::size_t large = 64 * 1024;
    constexpr std::size_t docker_frame = 32 * 1024;
    const auto result = make_result(large);
    return {{"head gate", {std::string(head), gate}},
            {"frame parser", {framed(result, docker_frame), frames}},
            {"result scanner", {result, scan}},
            {"result check", {result, check}},
            {"result, all of it", {framed(result, docker_frame), output}},
            {"small result, all of it", {framed(make_result(small), docker_frame), output}},
            {"JSON envelope", {run_body(large), envelope}},
            {"small JSON envelope", {run_body(small), envelope}}};
}

} // namespace

int main(int argc, char** argv) {
    const auto known = hot_paths();
    if (argc != 3) {
        for (const auto& [name, path] : known)
            std::cout << name << '\t' << path.input.size() << '\n';
        return 0;
    }
    const auto chosen = known.find(argv[1]);
    if (chosen == known.end())
        return EXIT_FAILURE;
    std::size_t sum = 0;
    for (long left = std::strtol(argv[2], nullptr, 10); left > 0; --left)
        sum += chosen->second.run(chosen->second.input);
    return sum == 1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
