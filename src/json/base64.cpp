#include "json/base64.hpp"

#include <boost/beast/core/detail/base64.hpp>

namespace docker_run {

namespace base64 = boost::beast::detail::base64;

std::string encode_base64(std::string_view bytes) {
    std::string text(base64::encoded_size(bytes.size()), '\0');
    text.resize(base64::encode(text.data(), bytes.data(), bytes.size()));
    return text;
}

} // namespace docker_run
