#include "program/program_request.hpp"

#include <nlohmann/json.hpp>

namespace docker_run {

std::string payload_of(const program_request& request) {
    nlohmann::json payload = {{"files", nlohmann::json::array()}, {"stdin", request.standard_input}};
    for (const auto& file : request.files)
        payload["files"].push_back({{"name", file.name}, {"content", file.content}});
    if (request.language.empty()) {
        payload["runInstructions"] = {{"buildCommands", request.build_commands},
                                      {"runCommand", request.run_command}};
        return payload.dump();
    }
    payload["language"] = request.language;
    if (!request.run_command.empty())
        payload["command"] = request.run_command;
    return payload.dump();
}

} // namespace docker_run
