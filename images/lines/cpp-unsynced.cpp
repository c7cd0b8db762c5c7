#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

int main() {
    std::ios::sync_with_stdio(false);
    std::cout << "first\n";
    std::fputs("waiting\n", stderr); // std::cerr would flush
    std::this_thread::sleep_for(std::chrono::seconds(60));
    std::cout << "second\n";
}
