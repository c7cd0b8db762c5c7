#include "settings/setting_fault.hpp"

namespace docker_run {

std::string to_string(const setting_fault& fault) {
    return fault.variable + " must be " + fault.rule + ", found " + fault.found;
}

} // namespace docker_run
