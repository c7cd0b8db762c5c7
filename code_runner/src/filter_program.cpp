#include "filter_program.hpp"

#include "failure.hpp"

#include <cstddef>
#include <limits>

namespace code_runner {

void filter_program::load(std::uint32_t offset) {
    instructions_.push_back({BPF_LD | BPF_W | BPF_ABS, offset});
}

void filter_program::keep_bits(std::uint32_t mask) {
    instructions_.push_back({BPF_ALU | BPF_AND | BPF_K, mask});
}

void filter_program::jump_if_equal(std::uint32_t value, filter_label yes, filter_label no) {
    instructions_.push_back({BPF_JMP | BPF_JEQ | BPF_K, value, yes, no});
}

void filter_program::jump_if_greater(std::uint32_t value, filter_label yes, filter_label no) {
    instructions_.push_back({BPF_JMP | BPF_JGT | BPF_K, value, yes, no});
}

void filter_program::jump_if_any_bit(std::uint32_t mask, filter_label yes, filter_label no) {
    instructions_.push_back({BPF_JMP | BPF_JSET | BPF_K, mask, yes, no});
}

void filter_program::mark(filter_label label) {
    places_[label] = instructions_.size();
}

void filter_program::answer(std::uint32_t action) {
    instructions_.push_back({BPF_RET | BPF_K, action});
}

std::uint8_t filter_program::distance(std::size_t from, filter_label to) const {
    if (to == filter_label::next)
        return 0;
    const auto place = places_.find(to);
    if (place == places_.end() || place->second <= from ||
        place->second - from - 1 > std::numeric_limits<std::uint8_t>::max())
        throw failure{"The filter of system calls has a jump that leads nowhere"};
    return static_cast<std::uint8_t>(place->second - from - 1);
}

std::vector<sock_filter> filter_program::assemble() const {
    std::vector<sock_filter> result;
    result.reserve(instructions_.size());
    for (std::size_t index = 0; index < instructions_.size(); ++index) {
        const instruction& one = instructions_[index];
        result.push_back({one.code, distance(index, one.yes), distance(index, one.no), one.value});
    }
    return result;
}

} // namespace code_runner
