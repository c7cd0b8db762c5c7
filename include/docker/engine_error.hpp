#pragma once

#include <stdexcept>
#include <string>

namespace docker_run::docker {

/// Why a call to the engine failed.
enum class engine_fault {
    unreachable, ///< no connection: nothing of the call has reached the engine
    timeout,     ///< the deadline passed; the engine may still execute the call
    unsupported, ///< the engine is too old: the call was not sent
    refused,     ///< the engine answered with a status of 400 or more: see status()
    broken       ///< the connection broke or the response is malformed; the call may have been executed
};

/// Thrown by every call of `engine`. what() is the engine's own message if it sent one. It may be invalid
/// UTF-8.
class engine_error : public std::runtime_error {
  public:
    engine_error(engine_fault fault, const std::string& message, unsigned status = 0)
        : std::runtime_error(message), fault_(fault), status_(status) {}

    engine_fault fault() const noexcept { return fault_; }
    /// The HTTP status of a refusal, otherwise 0.
    unsigned status() const noexcept { return status_; }
    /// The engine refused the call because of its content: a second try would get the same response.
    bool is_client_error() const noexcept { return status_ >= 400 && status_ < 500; }

  private:
    engine_fault fault_;
    unsigned status_;
};

} // namespace docker_run::docker
