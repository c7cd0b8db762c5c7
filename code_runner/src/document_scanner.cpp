#include "document_scanner.hpp"

namespace code_runner {
namespace {

bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

} // namespace

document_scanner::state document_scanner::feed(std::string_view bytes) {
    for (const char byte : bytes) {
        if (state_ != state::incomplete)
            break;
        ++size_;
        take(byte);
    }
    return state_;
}

void document_scanner::take(char byte) {
    if (in_string_) {
        if (escaped_)
            escaped_ = false;
        else if (byte == '\\')
            escaped_ = true;
        else if (byte == '"')
            in_string_ = false;
        return;
    }

    if (depth_ == 0 && byte != '{') {
        if (!is_space(byte))
            state_ = state::not_an_object;
        return;
    }

    if (byte == '"')
        in_string_ = true;
    else if (byte == '{' || byte == '[')
        ++depth_;
    else if ((byte == '}' || byte == ']') && --depth_ == 0)
        state_ = state::complete;
}

} // namespace code_runner
