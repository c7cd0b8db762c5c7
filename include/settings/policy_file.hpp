#pragma once

#include "settings/setting.hpp"
#include "settings/setting_fault.hpp"

#include <cstddef>
#include <vector>

namespace docker_run {

inline constexpr std::size_t max_policy_file_size = 1'048'576;

/// Reads the rules of RUN_POLICY_FILE into `draft.policy.rules`; docs/policy.md describes the file. What a
/// rule sets are variables of ours with the rules of the settings table, and what depends on them is derived
/// anew: the options of a rule are what they would be if the daemon had been started so. `underived` are the
/// settings without what was derived. Adds what is wrong to `faults`, each with file and JSON path.
void read_policy(settings_draft& draft, const settings_draft& underived, unsigned host_cpus,
                 std::vector<setting_fault>& faults);

} // namespace docker_run
