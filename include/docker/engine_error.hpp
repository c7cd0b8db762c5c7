#pragma once

#include <stdexcept>
#include <string>

namespace docker_run::docker {

/// Why a call to the engine did not do what it was asked.
enum class engine_fault {
    unreachable, ///< no connection: nothing of the call has reached the engine
    timeout,     ///< the deadline passed; the engine may still carry the call out
    unsupported, ///< the engine is older than we can use: nothing was asked of it
    refused,     ///< the engine answered with a status of 400 or more: see status()
    broken ///< the connection broke or the answer is not the engine's format; the call may have been carried
           ///< out
};

/// Thrown by every call of `engine`. what() is the engine's own message where it gave one, valid UTF-8 not
/// promised.
class engine_error : public std::runtime_error {
  public:
    engine_error(engine_fault fault, const std::string& message, unsigned status = 0)
        : std::runtime_error(message), fault_(fault), status_(status) {}

    engine_fault fault() const noexcept { return fault_; }
    /// The HTTP status of a refusal, otherwise 0.
    unsigned status() const noexcept { return status_; }
    /// The engine said no because of what was asked: a second try would get the same answer.
    bool is_client_error() const noexcept { return status_ >= 400 && status_ < 500; }

  private:
    engine_fault fault_;
    unsigned status_;
};

} // namespace docker_run::docker
