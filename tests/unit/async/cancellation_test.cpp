#include "async/cancellation.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace docker_run {
namespace {

TEST(cancellation, is_told_from_every_other_failure) {
    using boost::system::system_error;
    EXPECT_TRUE(is_cancellation(system_error(boost::asio::error::operation_aborted)));
    EXPECT_FALSE(is_cancellation(system_error(boost::asio::error::no_descriptors)));
    EXPECT_FALSE(is_cancellation(std::runtime_error("Operation canceled")));
}

} // namespace
} // namespace docker_run
