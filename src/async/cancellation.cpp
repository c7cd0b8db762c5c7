#include "async/cancellation.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace docker_run {

bool is_cancellation(const std::exception& error) noexcept {
    const auto* from_asio = dynamic_cast<const boost::system::system_error*>(&error);
    return from_asio != nullptr && from_asio->code() == boost::asio::error::operation_aborted;
}

} // namespace docker_run
