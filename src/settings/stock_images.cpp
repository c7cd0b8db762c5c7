#include "settings/stock_images.hpp"

#include "docker/tmpfs_options.hpp"
#include "image/image_pattern.hpp"
#include "json/quote.hpp"
#include "settings/container_kinds.hpp"
#include "system/static_program.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace {

constexpr auto nobody = "65534:65534";
constexpr auto work_directory = "/work";
constexpr auto work_options = "rw,exec,nosuid,nodev,size=131072k";

bool has_runner(const image_rule& rule) {
    return !rule.options.container.runner.empty();
}

} // namespace

bool is_stock_pattern(std::string_view text) {
    if (!image_pattern::parse(text))
        return false;
    for (const std::string_view prefix : {"index.docker.io/", "docker.io/", "library/"})
        if (text.starts_with(prefix))
            text.remove_prefix(prefix.size());
    return text.substr(0, text.find_first_of(":@")).find_first_not_of("*/") != std::string_view::npos;
}

void make_stock(container_settings& container, const std::string& runner, bool keep_user) {
    container.runner = runner;
    if (!keep_user)
        container.user = nobody;
    if (!container.work_dir)
        container.work_dir =
            docker::tmpfs_mount{work_directory, docker::complete_tmpfs_options(work_options)};
}

void read_stock_images(settings_draft& draft, std::vector<setting_fault>& faults) {
    auto& policy = draft.policy;
    if (!policy.stock_images.empty() && !policy.file.empty())
        faults.push_back({"DOCKER_STOCK_IMAGES",
                          "unset where RUN_POLICY_FILE is set: a rule there says \"stock\": true", "both"});
    if (!policy.stock_images.empty() && policy.file.empty()) {
        image_rule rule{{}, options_of(draft.container, draft.run)};
        make_stock(rule.options.container, policy.stock_runner, false);
        for (const auto& text : policy.stock_images)
            if (auto pattern = image_pattern::parse(text))
                rule.match.push_back(std::move(*pattern));
        policy.rules.push_back(std::move(rule));
    }
    if (std::ranges::none_of(policy.rules, has_runner))
        return;
    if (const auto reason = static_program_fault(policy.stock_runner); !reason.empty())
        faults.push_back({"DOCKER_STOCK_RUNNER_PATH", "a static program that everybody may execute",
                          quote(policy.stock_runner) + ": " + reason});
}

} // namespace docker_run
