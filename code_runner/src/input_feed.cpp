#include "input_feed.hpp"

#include <cerrno>
#include <utility>

namespace code_runner {
namespace {

constexpr std::size_t greatest_backlog = std::size_t{64} * 1024;

} // namespace

input_feed::input_feed(unique_fd target, std::string_view text)
    : target_{std::move(target)}, text_{text}, has_ended_{true} {}

void input_feed::append(std::string_view bytes) {
    if (!has_ended_)
        appended_ += bytes;
}

std::size_t input_feed::room() const {
    return appended_.size() < greatest_backlog ? greatest_backlog - appended_.size() : 0;
}

int input_feed::descriptor() const {
    return is_empty() && !has_ended_ ? -1 : target_.get();
}

void input_feed::write_some() {
    if (target_ && !is_empty()) {
        const std::string_view next = text_.empty() ? std::string_view{appended_} : text_;
        const ssize_t count = ::write(target_.get(), next.data(), next.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count < 0) { // a program may leave its input unread (EPIPE)
            text_ = {};
            appended_.clear();
            has_ended_ = true;
        } else {
            drop(static_cast<std::size_t>(count));
        }
    }
    if (is_empty() && has_ended_)
        target_.reset();
}

void input_feed::drop(std::size_t count) {
    if (text_.empty())
        appended_.erase(0, count);
    else
        text_.remove_prefix(count);
}

} // namespace code_runner
