#pragma once

#include "settings/setting.hpp"
#include "settings/setting_fault.hpp"

#include <cstddef>
#include <vector>

namespace docker_run {

inline constexpr std::size_t max_policy_file_size = 1'048'576;

/// Reads the rules of RUN_POLICY_FILE into `draft.policy.rules`; docs/policy.md describes the file. A rule
/// sets variables of the daemon, with the rules of the settings table. Settings that depend on them are
/// derived again: the options of a rule are as if the daemon had been started with these variables.
/// `as_written` holds the settings before anything was derived. Adds each fault to `faults`, with file and
/// JSON path.
void read_policy(settings_draft& draft, const settings_draft& as_written, unsigned host_cpus,
                 std::vector<setting_fault>& faults);

} // namespace docker_run
