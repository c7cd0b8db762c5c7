#pragma once

#include "settings/environment.hpp"
#include "settings/setting.hpp"

#include <string>
#include <vector>

namespace docker_run {

/// What is allowed and yet unwise: a sentence each, which names the variable and no secret. Looks at the
/// files that the settings name.
std::vector<std::string> warn_about_settings(const settings_draft& draft);

/// Whether a token is among these variables, so that the file that they come from is a secret.
bool holds_secret(const environment& variables);

/// What is unwise about a file of variables that holds a secret.
std::vector<std::string> warn_about_env_file(const std::string& path);

} // namespace docker_run
