// The only file that compiles Asio and Beast (BOOST_ASIO_SEPARATE_COMPILATION and the same option of Beast).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
