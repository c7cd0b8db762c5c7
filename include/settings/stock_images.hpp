#pragma once

#include "image/container_settings.hpp"
#include "settings/setting.hpp"
#include "settings/setting_fault.hpp"

#include <string_view>
#include <vector>

namespace docker_run {

// Stock images contain no runner: the host's own is mounted into the container and becomes its entrypoint.

/// Whether a pattern may select stock images: it is valid, and it names more than a registry.
bool is_stock_pattern(std::string_view text);

/// Gives a container of a stock image the runner, a work directory if the settings name none, and the user
/// nobody, because no image promises a user of its own. `keep_user`: the user was set for this very image and
/// stays.
void make_stock(container_settings& container, const std::string& runner, bool keep_user);

/// Makes a rule from DOCKER_STOCK_IMAGES, and checks the runner if any rule needs it. Call after the policy
/// file was read.
void read_stock_images(settings_draft& draft, std::vector<setting_fault>& faults);

} // namespace docker_run
