#include "container/end_watch.hpp"

#include "async/run_until.hpp"

#include <algorithm>

namespace docker_run {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t max_late_output = 65'536;

/// Returns true at the end of the stream, false if it goes on.
asio::awaitable<bool> read_to_end(docker::attachment& stream) {
    std::size_t size = 0;
    while (size <= max_late_output) {
        boost::system::error_code error;
        size += (co_await stream.read(error)).size();
        if (error)
            co_return true;
    }
    co_return false;
}

} // namespace

/// One wait, on the list as long as it lasts.
class end_watch::entry {
  public:
    explicit entry(end_watch& owner) : owner_(owner) {
        const mutex_lock lock(owner_.mutex_);
        if (owner_.stopped_)
            over_.set();
        // A wait that is over leaves the list only when its coroutine runs, so it may still be on it.
        for (std::size_t i = 0; i + owner_.most_ <= owner_.waits_.size(); ++i)
            owner_.waits_[i]->set();
        owner_.waits_.push_back(&over_);
    }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry() {
        const mutex_lock lock(owner_.mutex_);
        std::erase(owner_.waits_, &over_);
    }

    asio::awaitable<void> until_over() { co_await over_.wait(clock::time_point::max()); }

  private:
    end_watch& owner_;
    event over_;
};

asio::awaitable<void> end_watch::wait(docker::attachment stream, std::chrono::milliseconds patience) {
    entry self(*this);
    stream.expires_at(clock::now() + patience);
    co_await run_until(read_to_end(stream), self.until_over());
}

void end_watch::stop() {
    const mutex_lock lock(mutex_);
    stopped_ = true;
    for (auto* each : waits_)
        each->set();
}

} // namespace docker_run
