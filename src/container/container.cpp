#include "container/container.hpp"

#include <utility>

namespace docker_run {

container::container(reaper& undertaker, std::string name, semaphore::permit existence, bool keep)
    : undertaker_(&undertaker) {
    job_.name = std::move(name);
    job_.may_appear_later = true;
    job_.keep = keep;
    job_.existence = std::move(existence);
    undertaker_->track(job_.name);
}

container::container(container&& other) noexcept
    : undertaker_(std::exchange(other.undertaker_, nullptr)), job_(std::move(other.job_)),
      id_(std::move(other.id_)), stream_(std::move(other.stream_)) {
    other.stream_.reset();
}

container::~container() {
    stream_.reset(); // before the removal, see engine::remove
    if (undertaker_)
        undertaker_->remove(std::move(job_));
}

void container::was_created(std::string id) {
    id_ = std::move(id);
    job_.may_appear_later = false;
}

void container::was_refused() {
    undertaker_->forget(job_.name);
    undertaker_ = nullptr;
}

} // namespace docker_run
