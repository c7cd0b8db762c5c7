#pragma once

#include "settings/setting.hpp"
#include "settings/setting_fault.hpp"

namespace docker_run {

/// Whether a variable was read, so that a rule can rest on it.
class readable_variables {
  public:
    explicit readable_variables(const std::vector<setting_fault>& faults);
    [[nodiscard]] bool contain(std::string_view variable) const;

  private:
    std::vector<std::string> faulty_;
};

/// Gives every setting that depends on others its value.
void derive_settings(settings_draft& draft, unsigned host_cpus);

/// The rules between variables. One that rests on a variable that is not readable is passed over: its fault
/// is known. Reads the token file into the draft.
std::vector<setting_fault> check_between_settings(settings_draft& draft, const readable_variables& readable,
                                                  unsigned host_cpus);

/// The rules between what one container gets, or one image by a rule of its own.
std::vector<setting_fault> check_options(const settings_draft& draft, const readable_variables& readable,
                                         unsigned host_cpus);

/// Whether every user could write to the work directory, where containers get users of their own. For the
/// options as they are in the end: a stock image gets a work directory where the settings name none.
std::optional<setting_fault> check_work_dir_of_uids(const container_settings& container);

} // namespace docker_run
