#include <chrono>
#include <iostream>
#include <thread>

int main() {
    std::cout << "first\n";
    std::this_thread::sleep_for(std::chrono::seconds(60));
    std::cout << "second\n";
}
