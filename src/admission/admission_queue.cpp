#include "admission/admission_queue.hpp"

#include "async/waiter.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

namespace {

constexpr double newest_weight = 0.1; ///< weight of one run in the average

} // namespace

/// A coroutine in the line. The mutex of the queue guards its members.
struct admission_queue::applicant : waiter {
    using waiter::waiter;
    share_policy::ticket number = 0;
    bool is_asleep = false;
    bool granted = false;
    bool is_pushed_out = false;
};

/// Removes a coroutine from the line on every exit from wait_for_worker(), including a cancellation.
struct admission_queue::line_guard {
    admission_queue& owner;
    place& waiting;
    std::shared_ptr<applicant> self;
    bool is_done = false;
    ~line_guard() {
        if (!is_done && owner.leave_line(waiting, self))
            owner.end_run(*waiting.share_);
    }
};

admission_queue::place::place(place&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), share_(other.share_), body_(std::move(other.body_)),
      is_in_line_(other.is_in_line_), is_running_(std::exchange(other.is_running_, false)),
      is_interactive_(other.is_interactive_), since_(other.since_) {}

admission_queue::place::~place() {
    if (!owner_)
        return;
    if (is_interactive_) {
        owner_->end_interactive(*this);
        return;
    }
    release_worker();
    const mutex_lock lock(owner_->mutex_);
    if (body_)
        owner_->bodies_.leave(*body_);
    if (is_in_line_)
        owner_->give_up_place(*share_);
    owner_->shares_.leave(*share_);
}

std::optional<admission_queue::refusal> admission_queue::place::join_line() {
    const mutex_lock lock(owner_->mutex_);
    if (is_in_line_)
        return std::nullopt;
    if (const auto body = std::exchange(body_, nullptr))
        owner_->bodies_.leave(*body);
    const auto refused = owner_->take_place(*share_);
    is_in_line_ = !refused;
    return refused;
}

asio::awaitable<bool> admission_queue::place::wait_for_worker(clock::time_point deadline) {
    if (is_interactive_)
        co_return true;
    const auto executor = co_await asio::this_coro::executor;
    const auto self = std::make_shared<applicant>(executor, deadline);
    line_guard guard{*owner_, *this, self};
    if (!owner_->start_or_wait(*share_, self))
        co_await self->sleep();
    guard.is_done = true;
    is_running_ = owner_->leave_line(*this, self);
    since_ = clock::now();
    co_return is_running_;
}

void admission_queue::place::release_worker() {
    if (!std::exchange(is_running_, false))
        return;
    const double seconds = std::chrono::duration<double>(clock::now() - since_).count();
    {
        const mutex_lock lock(owner_->mutex_);
        auto& average = owner_->average_seconds_;
        average = average == 0 ? seconds : average + newest_weight * (seconds - average);
    }
    owner_->end_run(*share_);
}

void admission_queue::apply(const std::map<std::string, caller_share>& shares) {
    const mutex_lock lock(mutex_);
    shares_.apply(shares);
    start_waiting_runs();
}

std::variant<admission_queue::place, admission_queue::refusal>
admission_queue::enter(const caller& who, std::shared_ptr<paced_input> body) {
    const mutex_lock lock(mutex_);
    auto* owner = shares_.enter(who);
    if (!owner)
        return refusal::share;
    std::optional<refusal> refused;
    if (!body)
        refused = take_place(*owner);
    else if (closed_)
        refused = refusal::closed;
    else if ((taken_ >= places_ && !shares_.can_push_out_for(*owner)) ||
             !bodies_.enter(*owner, body, clock::now()))
        refused = refusal::full;
    if (refused) {
        shares_.leave(*owner);
        return *refused;
    }
    const bool is_complete = !body;
    place entered(*this, *owner, std::move(body));
    entered.is_in_line_ = is_complete;
    return entered;
}

std::variant<admission_queue::place, admission_queue::refusal>
admission_queue::enter_interactive(const caller& who) {
    const mutex_lock lock(mutex_);
    if (closed_)
        return refusal::closed;
    if (interactive_ >= interactive_places_)
        return refusal::full;
    auto* owner = shares_.enter_interactive(who);
    if (!owner)
        return refusal::share;
    ++interactive_;
    place entered(*this, *owner, nullptr);
    entered.is_interactive_ = true;
    entered.since_ = clock::now();
    return entered;
}

void admission_queue::end_interactive(place& ended) {
    const mutex_lock lock(mutex_);
    --interactive_;
    usual_interactive_time_.note(clock::now() - ended.since_);
    shares_.leave_interactive(*ended.share_);
    start_waiting_runs(); // one of its name may have waited for it
}

std::optional<admission_queue::refusal> admission_queue::take_place(share_policy::share& owner) {
    if (closed_)
        return refusal::closed;
    if (taken_ >= places_ && !push_out_for(owner))
        return refusal::full;
    ++taken_;
    ++owner.placed;
    return std::nullopt;
}

void admission_queue::give_up_place(share_policy::share& owner) {
    --taken_;
    --owner.placed;
}

bool admission_queue::push_out_for(const share_policy::share& newcomer) {
    const auto leaving = shares_.push_out_for(newcomer);
    if (!leaving)
        return false;
    const auto leaves = applicants_.extract(leaving->number).mapped();
    leaves->is_pushed_out = true;
    leaves->wake();
    give_up_place(*leaving->owner);
    return true;
}

/// Returns true if there is nothing to wait for: the turn has come, or it never will.
bool admission_queue::start_or_wait(share_policy::share& owner, const std::shared_ptr<applicant>& self) {
    const mutex_lock lock(mutex_);
    if (closed_)
        return true;
    self->number = next_ticket_++;
    applicants_.emplace(self->number, self);
    shares_.wait(owner, self->number);
    start_waiting_runs();
    self->is_asleep = !self->granted;
    return self->granted;
}

/// Returns whether the turn had come.
bool admission_queue::leave_line(place& waiting, const std::shared_ptr<applicant>& self) {
    const mutex_lock lock(mutex_);
    if (std::exchange(self->granted, false))
        return true;
    if (self->is_pushed_out)
        waiting.is_in_line_ = false;
    if (applicants_.erase(self->number) > 0)
        shares_.withdraw(*waiting.share_, self->number);
    return false;
}

void admission_queue::start_waiting_runs() {
    while (running_ < workers_ && !closed_) {
        const auto next = shares_.start_next();
        if (!next)
            return;
        ++running_;
        const auto begins = applicants_.extract(next->number).mapped();
        begins->granted = true;
        if (begins->is_asleep)
            begins->wake();
    }
}

void admission_queue::end_run(share_policy::share& owner) {
    const mutex_lock lock(mutex_);
    --running_;
    shares_.end(owner);
    start_waiting_runs();
}

void admission_queue::close() {
    const mutex_lock lock(mutex_);
    closed_ = true;
    for (const auto& [number, waiting] : applicants_)
        waiting->wake();
}

std::chrono::seconds admission_queue::expected(std::size_t runs, std::size_t at_once) const {
    const double seconds = average_seconds_ * static_cast<double>(runs) / static_cast<double>(at_once);
    return retry_after_seconds(seconds);
}

std::chrono::seconds admission_queue::retry_after() const {
    const mutex_lock lock(mutex_);
    return expected(taken_, workers_);
}

std::chrono::seconds admission_queue::retry_after(const caller& who) const {
    const mutex_lock lock(mutex_);
    const auto position = shares_.shares().find(who.name);
    if (position == shares_.shares().end())
        return expected(0, workers_);
    return expected(position->second.entered, std::min(workers_, position->second.limits.runs));
}

std::chrono::seconds admission_queue::retry_interactive_after() const {
    const mutex_lock lock(mutex_);
    const double seconds = std::chrono::duration<double>(usual_interactive_time_.value()).count();
    return retry_after_seconds(seconds / static_cast<double>(std::max<std::size_t>(1, interactive_places_)));
}

std::chrono::seconds retry_after_seconds(double expected) {
    // Clamps before the conversion: a number beyond the range of int must not be converted.
    return std::chrono::seconds(static_cast<int>(std::clamp(std::ceil(expected), 1.0, 60.0)));
}

queue_counts admission_queue::counts() const {
    const mutex_lock lock(mutex_);
    return {running_, applicants_.size(), bodies_.size(), interactive_};
}

std::vector<share_counts> admission_queue::counts_by_name() const {
    const mutex_lock lock(mutex_);
    std::vector<share_counts> counts;
    for (const auto& [name, each] : shares_.shares())
        counts.push_back({name, each.running, each.line.size() + each.bodies, each.interactive});
    return counts;
}

} // namespace docker_run
