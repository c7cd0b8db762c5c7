#pragma once

#include "async/task_group.hpp"
#include "log/log.hpp"

#include <string>

namespace docker_run {

/// For a task_group: writes each exception that leaves a task as an error event. `part` names the part of the
/// daemon that the tasks belong to. The logger must outlive the group.
task_group::exception_handler log_exceptions(const logger& log, std::string part);

} // namespace docker_run
