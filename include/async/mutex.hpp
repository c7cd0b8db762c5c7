#pragma once

#include <mutex>

// A mutex that clang checks (-Wthread-safety): a member that is GUARDED_BY one is used with it held only, and
// a function that REQUIRES one is called with it held only. Other compilers see a plain std::mutex.

#if defined(__clang__)
#define DOCKER_RUN_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define DOCKER_RUN_THREAD_SAFETY(attribute)
#endif

#define GUARDED_BY(mutex) DOCKER_RUN_THREAD_SAFETY(guarded_by(mutex))
#define REQUIRES(mutex) DOCKER_RUN_THREAD_SAFETY(requires_capability(mutex))

namespace docker_run {

/// std::mutex with the attributes that the check needs.
class DOCKER_RUN_THREAD_SAFETY(capability("mutex")) mutex {
  public:
    void lock() DOCKER_RUN_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
    void unlock() DOCKER_RUN_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }

  private:
    std::mutex mutex_;
};

/// Holds a mutex from its construction to its destruction.
class DOCKER_RUN_THREAD_SAFETY(scoped_lockable) mutex_lock {
  public:
    explicit mutex_lock(mutex& target) DOCKER_RUN_THREAD_SAFETY(acquire_capability(target)) : mutex_(target) {
        mutex_.lock();
    }
    ~mutex_lock() DOCKER_RUN_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }
    mutex_lock(const mutex_lock&) = delete;
    mutex_lock& operator=(const mutex_lock&) = delete;

  private:
    mutex& mutex_;
};

} // namespace docker_run
