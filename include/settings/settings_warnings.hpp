#pragma once

#include "settings/environment.hpp"
#include "settings/setting.hpp"

#include <string>
#include <vector>

namespace docker_run {

/// Warnings about valid but risky settings: one sentence each, which names the variable and no secret. Looks
/// at the files that the settings name.
std::vector<std::string> warn_about_settings(const settings_draft& draft);

/// Whether these variables include a token, which makes the file that they come from a secret.
bool holds_secret(const environment& variables);

/// Warnings about a file of variables that holds a secret.
std::vector<std::string> warn_about_env_file(const std::string& path);

} // namespace docker_run
