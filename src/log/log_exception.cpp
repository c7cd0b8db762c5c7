#include "log/log_exception.hpp"

#include <exception>
#include <utility>

namespace docker_run {

task_group::exception_handler log_exceptions(const logger& log, std::string part) {
    return [&log, part = std::move(part)](const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            log.write(log_level::error, "internal", {{"part", part}, {"reason", error.what()}});
        } catch (...) { // our code throws nothing else, but a task must never end the daemon
            log.write(log_level::error, "internal",
                      {{"part", part}, {"reason", "an exception without a name"}});
        }
    };
}

} // namespace docker_run
