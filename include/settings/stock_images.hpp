#pragma once

#include "image/container_settings.hpp"
#include "settings/setting.hpp"
#include "settings/setting_fault.hpp"

#include <string_view>
#include <vector>

namespace docker_run {

// Stock images carry no runner: the host's own is put in and becomes the entrypoint.

/// Whether a pattern can say which images are stock: it is one, and it names more than a registry.
bool is_stock_pattern(std::string_view text);

/// What a container of a stock image gets beside the settings: the runner, a work directory where the
/// settings name none, and the user nobody, since no image promises a user of its own. A user that was set
/// for this very image is kept.
void make_stock(container_settings& container, const std::string& runner, bool keep_user);

/// Makes a rule of DOCKER_STOCK_IMAGES and checks the runner where some rule needs it; after the policy's own
/// rules were read.
void read_stock_images(settings_draft& draft, std::vector<setting_fault>& faults);

} // namespace docker_run
