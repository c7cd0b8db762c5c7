#pragma once

#include "settings/setting.hpp"
#include "settings/setting_fault.hpp"

namespace docker_run {

/// Tells whether a variable could be read, so that a rule may use it.
class readable_variables {
  public:
    explicit readable_variables(const std::vector<setting_fault>& faults);
    [[nodiscard]] bool contain(std::string_view variable) const;

  private:
    std::vector<std::string> faulty_;
};

/// Sets every setting that depends on others.
void derive_settings(settings_draft& draft, unsigned host_cpus);

/// Checks the rules between variables. Skips a rule if one of its variables could not be read, because that
/// fault is already known. Reads the token file into the draft.
std::vector<setting_fault> check_between_settings(settings_draft& draft, const readable_variables& readable,
                                                  unsigned host_cpus);

/// Checks the rules between the options of one container, or of one image with a rule of its own.
std::vector<setting_fault> check_options(const settings_draft& draft, const readable_variables& readable,
                                         unsigned host_cpus);

/// Checks that every user can write to the work directory, if containers get users of their own. Call with
/// the final options: a stock image gets a work directory if the settings name none.
std::optional<setting_fault> check_work_dir_of_uids(const container_settings& container);

} // namespace docker_run
