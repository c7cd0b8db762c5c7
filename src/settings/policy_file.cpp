#include "settings/policy_file.hpp"

#include "json/json_check.hpp"
#include "json/quote.hpp"
#include "settings/container_kinds.hpp"
#include "settings/settings_rules.hpp"
#include "settings/settings_table.hpp"
#include "settings/stock_images.hpp"
#include "system/trusted_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace docker_run {

using nlohmann::json;

namespace {

/// Finds an object with a repeated member. A parser would silently take the last one.
class repetition_finder : public json_listener {
  public:
    bool open(bool, std::size_t, std::size_t) override {
        open_.emplace_back(); // of an array it stays empty
        return true;
    }
    bool key(string_t& name) override {
        if (!open_.back().insert(name).second)
            repeated_ = name;
        return !repeated_;
    }
    bool close(std::size_t, std::size_t) override {
        open_.pop_back();
        return true;
    }
    [[nodiscard]] const std::optional<std::string>& repeated() const { return repeated_; }

  private:
    std::vector<std::set<std::string>> open_;
    std::optional<std::string> repeated_;
};

std::string shown(const json& value) {
    return value.is_string() ? quote(value.get<std::string>()) : quote(value.dump());
}

bool may_be_set_for_an_image(std::string_view name) {
    return name.starts_with("DOCKER_CONTAINER_") || name.starts_with("RUN_MAX_") ||
           name == "RUN_INTERACTIVE_TIME" || name == "RUN_INTERACTIVE_IDLE_TIME";
}

/// The text that the variable would hold; nullopt if the value has another type than the setting.
std::optional<std::string> as_variable(const json& value, std::string_view type) {
    if (type == "integer")
        return value.is_number_integer() ? std::optional(value.dump()) : std::nullopt;
    if (type == "number")
        return value.is_number() ? std::optional(value.dump()) : std::nullopt;
    if (type == "boolean")
        return value.is_boolean() ? std::optional(value.dump()) : std::nullopt;
    return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

class policy_reader {
  public:
    policy_reader(settings_draft& draft, const settings_draft& as_written, unsigned host_cpus,
                  std::vector<setting_fault>& faults)
        : draft_(draft), as_written_(as_written), host_cpus_(host_cpus), faults_(faults),
          settings_are_faulty_(!faults.empty()) {}

    void read(const json& policy) {
        only_members(policy, "the policy", {"images"});
        const auto images = policy.find("images");
        if (images == policy.end() || !images->is_array())
            return fault("images", "a list of rules", images == policy.end() ? "nothing" : shown(*images));
        for (std::size_t i = 0; i < images->size(); ++i)
            read_rule((*images)[i], "images[" + std::to_string(i) + "]");
    }

    void fault(const std::string& where, std::string rule, std::string found) {
        faults_.push_back({draft_.policy.file + ": " + where, std::move(rule), std::move(found)});
    }

  private:
    void only_members(const json& object, const std::string& where,
                      std::initializer_list<std::string_view> known) {
        std::string names;
        for (const auto name : known)
            names.append(names.empty() ? "" : ", ").append(name);
        for (const auto& [name, value] : object.items())
            if (std::ranges::find(known, name) == known.end())
                fault(where, "an object of " + names, "the member " + quote(name));
    }

    void read_rule(const json& from, const std::string& where) {
        if (!from.is_object())
            return fault(where, "an object", shown(from));
        only_members(from, where, {"match", "settings", "stock"});
        image_rule rule;
        read_match(from, where + ".match", rule.match);
        settings_draft own = as_written_;
        own.stop_timeout = draft_.daemon.stop_timeout; // the same for all runs
        const auto settings = from.find("settings");
        const auto says = [&](const char* name) {
            return settings != from.end() && settings->contains(name);
        };
        if (settings != from.end())
            read_settings(*settings, where + ".settings", own);
        if (says("DOCKER_CONTAINER_USER") && !says("DOCKER_CONTAINER_UIDS"))
            own.container.uids = {}; // the rule sets the user of this very image
        derive_and_check(own, where + ".settings");
        rule.options = options_of(own.container, own.run);
        if (is_stock(from, where))
            make_stock(rule.options.container, draft_.policy.stock_runner, says("DOCKER_CONTAINER_USER"));
        if (auto each = check_work_dir_of_uids(rule.options.container); each && !settings_are_faulty_)
            fault(where + ".settings." + each->variable, std::move(each->rule), std::move(each->found));
        draft_.policy.rules.push_back(std::move(rule));
    }

    /// Allows only patterns that name images: the runner must not be mounted into every image that exists.
    bool is_stock(const json& rule, const std::string& where) {
        const auto stock = rule.find("stock");
        if (stock == rule.end())
            return false;
        if (!stock->is_boolean()) {
            fault(where + ".stock", "true or false", shown(*stock));
            return false;
        }
        const auto match = rule.find("match");
        if (*stock && match != rule.end() && match->is_array())
            for (const auto& text : *match)
                if (text.is_string() && image_pattern::parse(text.get<std::string>()) &&
                    !is_stock_pattern(text.get<std::string>()))
                    fault(where + ".match", "patterns that do not match everything where stock is true",
                          shown(text));
        return *stock;
    }

    void read_match(const json& from, const std::string& where, std::vector<image_pattern>& match) {
        const auto list = from.find("match");
        if (list == from.end() || !list->is_array() || list->empty())
            return fault(where, "a list of one pattern or more",
                         list == from.end() ? "nothing" : shown(*list));
        for (std::size_t i = 0; i < list->size(); ++i) {
            const auto& text = (*list)[i];
            auto pattern = text.is_string() ? image_pattern::parse(text.get<std::string>()) : std::nullopt;
            if (pattern)
                match.push_back(std::move(*pattern));
            else
                fault(where + "[" + std::to_string(i) + "]",
                      "an image pattern, NAME[:TAG][@sha256:DIGEST] with * or ** in NAME and TAG, or "
                      "sha256:DIGEST",
                      shown(text));
        }
    }

    void read_settings(const json& from, const std::string& where, settings_draft& own) {
        if (!from.is_object())
            return fault(where, "an object of settings", shown(from));
        const auto table = settings_table();
        for (const auto& [name, value] : from.items()) {
            const auto row = std::ranges::find(table, name, &setting::name);
            if (row == table.end() || !may_be_set_for_an_image(name)) {
                fault(where, "an object of settings for an image (docs/policy.md)",
                      "the member " + quote(name));
                continue;
            }
            const auto text = as_variable(value, row->target.type);
            if (text && !text->empty() && row->target.read(own, *row, *text))
                continue;
            std::string member = where;
            member += '.';
            member += name;
            fault(member, row->target.rule(*row), shown(value));
        }
    }

    void derive_and_check(settings_draft& own, const std::string& where) {
        derive_settings(own, host_cpus_);
        if (settings_are_faulty_) // each rule would repeat the fault
            return;
        for (auto& each : check_options(own, readable_variables({}), host_cpus_))
            fault(where + "." + each.variable, std::move(each.rule), std::move(each.found));
    }

    settings_draft& draft_;
    const settings_draft& as_written_;
    unsigned host_cpus_;
    std::vector<setting_fault>& faults_;
    bool settings_are_faulty_;
};

} // namespace

void read_policy(settings_draft& draft, const settings_draft& as_written, unsigned host_cpus,
                 std::vector<setting_fault>& faults) {
    policy_reader reader(draft, as_written, host_cpus, faults);
    const auto& path = draft.policy.file;
    const auto refuse = [&](const std::string& reason) {
        faults.push_back(
            {"RUN_POLICY_FILE", "a readable JSON file, not writable by others", quote(path) + ": " + reason});
    };
    const auto content = read_trusted_file(path, max_policy_file_size, trusted_content::rules);
    if (const auto* fault = std::get_if<trusted_file_fault>(&content))
        return refuse(fault->reason);
    const auto& text = std::get<std::string>(content);
    repetition_finder finder;
    if (const auto fault = check_json(text, finder))
        return refuse(to_string(*fault));
    if (finder.repeated())
        return refuse("duplicate member " + quote(*finder.repeated()));
    reader.read(json::parse(text));
}

} // namespace docker_run
