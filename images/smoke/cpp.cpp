#include <arpa/inet.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <future>
#include <iostream>
#include <locale>
#include <mutex>
#include <random>
#include <regex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#define CHECK(condition)                                                                                     \
    if (!(condition))                                                                                        \
    throw std::runtime_error(#condition)

void threads() {
    std::atomic<int> sum{0};
    std::vector<std::thread> workers;
    for (int i = 0; i < 8; ++i)
        workers.emplace_back([&sum, i] { sum += i; });
    for (std::thread& worker : workers)
        worker.join();
    CHECK(sum == 28);
    CHECK(std::async(std::launch::async, [] { return 42; }).get() == 42);
    std::mutex mutex;
    std::condition_variable ready;
    bool done = false;
    std::thread waker([&] {
        std::lock_guard<std::mutex> lock(mutex);
        done = true;
        ready.notify_one();
    });
    std::unique_lock<std::mutex> lock(mutex);
    CHECK(ready.wait_for(lock, std::chrono::seconds(5), [&] { return done; }));
    lock.unlock();
    waker.join();
}

void processes() {
    int status = 0;
    if (fork() == 0)
        _exit(5);
    CHECK(wait(&status) > 0 && WEXITSTATUS(status) == 5);
    CHECK(std::system("exit 3") == 3 << 8);
}

void sockets() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener, 1) == 0);
    CHECK(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    std::thread client([address] {
        const int out = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            (void)!write(out, "hello", 5);
        close(out);
    });
    const int server = accept(listener, nullptr, nullptr);
    char text[8] = {};
    CHECK(recv(server, text, 5, MSG_WAITALL) == 5 && std::string(text) == "hello");
    client.join();
}

void clocks() {
    const auto before = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(10));
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    CHECK(std::localtime(&now)->tm_year > 120);
}

void files() {
    std::ofstream("data.txt") << "one\ntwo\n";
    std::ifstream file("data.txt");
    std::string line;
    CHECK(std::getline(file, line) && line == "one");
    CHECK(std::rename("data.txt", "moved.txt") == 0 && std::remove("moved.txt") == 0);
    std::FILE* temporary = std::tmpfile();
    CHECK(temporary && std::fputs("x", temporary) >= 0 && std::fclose(temporary) == 0);
}

void environment() {
    CHECK(setenv("NAME", "value", 1) == 0 && std::system("test \"$NAME\" = value") == 0);
    CHECK(std::getenv("HOME") && std::thread::hardware_concurrency() > 0);
}

void numbers() {
    std::random_device device;
    std::mt19937 generator(device());
    CHECK(std::uniform_int_distribution<int>(1, 6)(generator) <= 6);
    CHECK(std::abs(std::sin(std::acos(-1.0) / 2) - 1) < 1e-9);
    CHECK(std::regex_match("2024-01-02", std::regex("\\d{4}-\\d\\d-\\d\\d")));
}

void user() {
    const passwd* entry = getpwuid(getuid());
    CHECK(entry && std::string(entry->pw_dir) == std::getenv("HOME"));
}

void text() {
    std::locale::global(std::locale(""));
    std::vector<std::string> words = {"b", "a"};
    std::sort(words.begin(), words.end(), std::locale());
    CHECK(words[0] == "a");
}

int main() {
    const std::vector<std::pair<const char*, void (*)()>> areas = {
        {"threads", threads}, {"processes", processes}, {"sockets", sockets},
        {"clocks", clocks},   {"files", files},         {"environment", environment},
        {"numbers", numbers}, {"user", user},           {"text", text}};
    for (const auto& area : areas) {
        area.second();
        std::cout << area.first << " ok" << std::endl;
    }
    std::cout << "done" << std::endl;
}
