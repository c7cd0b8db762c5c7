#include "docker/seccomp_profile.hpp"

#include "docker/system_call_table.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <sstream>

namespace docker_run::docker {

using nlohmann::json;

namespace {

bool holds(rule_scope scope, const profile_use& use) {
    switch (scope) {
    case rule_scope::always:
        return true;
    case rule_scope::inet:
        return use.inet;
    case rule_scope::no_inet:
        return !use.inet;
    case rule_scope::code_runner:
        return use.code_runner;
    case rule_scope::no_code_runner:
        return !use.code_runner;
    }
    return false;
}

/// A rule that only repeats the default of the profile is left out, because each rule makes a start slower.
bool is_default(call_answer answer, call_list list) {
    return answer == (list == call_list::complete ? call_answer::refuse : call_answer::allow);
}

int error_number(call_answer answer) {
    switch (answer) {
    case call_answer::missing:
        return ENOSYS;
    case call_answer::no_family:
        return EAFNOSUPPORT;
    case call_answer::allow:
    case call_answer::refuse:
        break;
    }
    return EPERM;
}

const char* name_of(argument_check::comparison comparison) {
    using enum argument_check::comparison;
    switch (comparison) {
    case equal:
        return "SCMP_CMP_EQ";
    case below:
        return "SCMP_CMP_LT";
    case above:
        return "SCMP_CMP_GT";
    case masked:
        return "SCMP_CMP_MASKED_EQ";
    case none:
        break;
    }
    return "";
}

json names_in(std::string_view words) {
    json names = json::array();
    std::istringstream text{std::string(words)};
    for (std::string name; text >> name;)
        names.push_back(name);
    return names;
}

json arguments_of(const call_rule& rule) {
    json list = json::array();
    for (const auto& check : rule.checks) {
        if (check.how == argument_check::comparison::none)
            continue;
        json argument =
            json::object({{"index", check.index}, {"value", check.value}, {"op", name_of(check.how)}});
        if (check.how == argument_check::comparison::masked)
            argument["valueTwo"] = check.masked_value;
        list.push_back(std::move(argument));
    }
    return list;
}

json entry_of(const call_rule& rule) {
    const bool allowed = rule.answer == call_answer::allow;
    json entry = json::object(
        {{"names", names_in(rule.calls)}, {"action", allowed ? "SCMP_ACT_ALLOW" : "SCMP_ACT_ERRNO"}});
    if (const auto error = error_number(rule.answer);
        !allowed && error != EPERM) // which is the engine's default
        entry["errnoRet"] = error;
    if (auto arguments = arguments_of(rule); !arguments.empty())
        entry["args"] = std::move(arguments);
    return entry;
}

/// Programs of i386 and of 32-bit ARM run too. A call of an architecture that is not listed kills its
/// program. The brief list has x32, so that its calls reach our runner's filter, which answers ENOSYS. In the
/// complete list a third architecture would cost each start too much processor time.
json architectures(call_list list) {
    json of_x86 = json::array({"SCMP_ARCH_X86"});
    if (list == call_list::brief)
        of_x86.push_back("SCMP_ARCH_X32");
    return json::array({json::object({{"architecture", "SCMP_ARCH_X86_64"}, {"subArchitectures", of_x86}}),
                        json::object({{"architecture", "SCMP_ARCH_AARCH64"},
                                      {"subArchitectures", json::array({"SCMP_ARCH_ARM"})}})});
}

std::string profile(const profile_use& use) {
    json entries = json::array();
    for (const auto rules : {rules_by_name(), rules_by_argument()})
        for (const auto& rule : rules)
            if (holds(rule.scope, use) && !is_default(rule.answer, use.list))
                entries.push_back(entry_of(rule));
    json whole = json::object({{"archMap", architectures(use.list)}, {"syscalls", std::move(entries)}});
    if (use.list == call_list::complete) {
        whole["defaultAction"] = "SCMP_ACT_ERRNO";
        whole["defaultErrnoRet"] = EPERM;
    } else {
        whole["defaultAction"] = "SCMP_ACT_ALLOW";
    }
    return whole.dump();
}

} // namespace

const std::string& seccomp_profile(profile_use use) {
    const auto variants = [] {
        std::array<std::string, 8> all;
        for (unsigned i = 0; i < all.size(); ++i)
            all[i] =
                profile({(i & 1) != 0 ? call_list::brief : call_list::complete, (i & 2) != 0, (i & 4) != 0});
        return all;
    };
    static const auto known = variants();
    return known[(use.list == call_list::brief ? 1U : 0U) + (use.code_runner ? 2U : 0U) +
                 (use.inet ? 4U : 0U)];
}

} // namespace docker_run::docker
