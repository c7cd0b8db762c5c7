#include "container/container.hpp"

#include <exception>
#include <utility>

namespace docker_run {

container::container(reaper& removals, std::string name, semaphore::permit existence, bool keep)
    : reaper_(&removals) {
    job_.name = std::move(name);
    job_.may_appear_later = true;
    job_.keep = keep;
    job_.existence = std::move(existence);
    reaper_->track(job_.name);
}

container::container(container&& other) noexcept
    : reaper_(std::exchange(other.reaper_, nullptr)), job_(std::move(other.job_)), id_(std::move(other.id_)),
      stream_(std::move(other.stream_)) {
    other.stream_.reset();
}

container::~container() {
    if (reaper_ && job_.end_patience.count() > 0)
        hand_over_stream();
    stream_.reset(); // before the removal, see engine::remove
    if (reaper_)
        reaper_->remove(std::move(job_));
}

void container::hand_over_stream() noexcept {
    try {
        if (stream_ && !job_.keep)
            job_.ending.emplace(stream_->moved_to(reaper_->get_executor()));
    } catch (const std::exception&) { // no memory or descriptor for that: removed by force
        job_.ending.reset();
    }
}

void container::mark_created(std::string id) {
    id_ = std::move(id);
    job_.may_appear_later = false;
}

void container::mark_refused() {
    reaper_->forget(job_.name);
    reaper_ = nullptr;
}

} // namespace docker_run
