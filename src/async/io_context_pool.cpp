#include "async/io_context_pool.hpp"

#include <thread>

namespace docker_run {

io_context_pool::io_context_pool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
        constexpr int one_thread = 1;
        contexts_.push_back(std::make_unique<context>(one_thread));
        guards_.emplace_back(contexts_.back()->get_executor());
    }
}

boost::asio::any_io_executor io_context_pool::next() {
    return contexts_[turn_++ % contexts_.size()]->get_executor();
}

std::vector<boost::asio::any_io_executor> io_context_pool::all() const {
    std::vector<boost::asio::any_io_executor> executors;
    executors.reserve(contexts_.size());
    for (const auto& each : contexts_)
        executors.emplace_back(each->get_executor());
    return executors;
}

void io_context_pool::run() {
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 1; i < contexts_.size(); ++i)
            threads.emplace_back([each = contexts_[i].get()] { each->run(); });
        contexts_.front()->run();
    }
    // Runs the work that the last handlers of one thread posted to a thread that had already ended.
    for (std::size_t done = 1; done > 0;) {
        done = 0;
        for (const auto& each : contexts_) {
            each->restart();
            done += each->poll();
        }
    }
}

} // namespace docker_run
