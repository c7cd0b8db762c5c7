#include "docker/system_call_table.hpp"

namespace docker_run::docker {

namespace {

using enum call_answer;
using enum rule_scope;
using how = argument_check::comparison;

constexpr argument_check equal(unsigned index, std::uint64_t value) {
    return {how::equal, index, value};
}

constexpr argument_check below(unsigned index, std::uint64_t value) {
    return {how::below, index, value};
}

constexpr argument_check above(unsigned index, std::uint64_t value) {
    return {how::above, index, value};
}

constexpr argument_check masked(unsigned index, std::uint64_t mask, std::uint64_t value) {
    return {how::masked, index, mask, value};
}

/// `size` numbers from `first` on; a power of two that `first` is a multiple of.
constexpr argument_check block(unsigned index, std::uint64_t first, std::uint64_t size) {
    return masked(index, ~(size - 1), first);
}

/// AF_INET, 2, and AF_INET6, 10, which differ in one bit.
constexpr argument_check internet = masked(0, ~std::uint64_t{8}, 2);

constexpr argument_check socket_type(std::uint64_t type) {
    return masked(1, 15, type); // above are SOCK_NONBLOCK and SOCK_CLOEXEC
}

// The kernel reads the lower 32 bits of most arguments. The checks see all 64, so each rule is written such
// that a number with something above them is refused. Each rule costs every start a quarter of a millisecond.
constexpr call_rule argument_rules[] = {
    // What passes, for the complete list.
    {allow,
     "clone",
     "clone(2) without a flag that makes a name space: those would be the kernel's code for root, opened to "
     "everybody",
     {masked(0, 0x7e020080, 0)}},
    {missing, "clone3",
     "clone3(2) has its flags in memory, where a filter cannot read them; ENOSYS makes the C libraries take "
     "clone(2)"},
    {allow,
     "personality",
     "personality(2) for what setarch and the C library ask: Linux, 32 bits (8), a kernel version 2.6 "
     "(0x20000)",
     {masked(0, ~0x20008ULL, 0)}},
    {allow, "personality", "personality(2): the question, which changes nothing", {equal(0, 0xffffffff)}},
    {missing, "socketcall",
     "socketcall(2) of i386 has its arguments in memory, where a filter cannot read them; the C libraries "
     "use the calls by name"},
    {allow,
     "socket",
     "AF_UNIX: reaches the container's own network name space, the memory charged",
     {equal(0, 1)}},
    {allow, "socketpair", "AF_UNIX pairs", {equal(0, 1)}},
    {allow, "socket", "TCP by default", {internet, socket_type(1), equal(2, 0)}, inet},
    {allow, "socket", "TCP by name", {internet, socket_type(1), equal(2, 6)}, inet},
    {allow, "socket", "UDP by default", {internet, socket_type(2), equal(2, 0)}, inet},
    {allow, "socket", "UDP by name", {internet, socket_type(2), equal(2, 17)}, inet},
    {no_family,
     "socket",
     "No other family: AF_NETLINK queues memory that is charged to nobody, AF_VSOCK is in no name space, "
     "AF_ALG and the rest load kernel modules",
     {above(0, 10)}},
    {no_family, "socket", "AF_INET and AF_INET6 where DOCKER_CONTAINER_INET is false", {internet}, no_inet},
    {allow,
     "setsockopt",
     "SOL_SOCKET up to 25: buffers, time limits, reuse; not 26 and 50 to 52, SO_ATTACH_*",
     {equal(1, 1), below(2, 26)}},
    {allow, "setsockopt", "SOL_SOCKET 28 to 31: SO_TIMESTAMP", {equal(1, 1), block(2, 28, 4)}},
    {allow,
     "setsockopt",
     "SOL_SOCKET 32 to 47: SO_TIMESTAMPNS, SO_PEEK_OFF, SO_BUSY_POLL",
     {equal(1, 1), block(2, 32, 16)}},
    {allow, "setsockopt", "SOL_SOCKET 48 and 49: SO_INCOMING_CPU", {equal(1, 1), block(2, 48, 2)}},
    {allow, "setsockopt", "SOL_SOCKET 60 to 63: SO_ZEROCOPY", {equal(1, 1), block(2, 60, 4)}},
    {allow,
     "setsockopt",
     "SOL_SOCKET 64 to 127: time stamps and limits with 64 bits",
     {equal(1, 1), block(2, 64, 64)}},
    {allow,
     "setsockopt",
     "IPPROTO_IP; the tables of netfilter behind it need a capability",
     {equal(1, 0)},
     inet},
    {allow, "setsockopt", "IPPROTO_UDP", {equal(1, 17)}, inet},
    {allow,
     "setsockopt",
     "IPPROTO_TCP up to 13; not 14 and from 32 on, whose keys are memory that is charged to nobody",
     {equal(1, 6), below(2, 14)},
     inet},
    {allow,
     "setsockopt",
     "IPPROTO_TCP 16 to 31: time limits, fast open",
     {equal(1, 6), block(2, 16, 16)},
     inet},
    {allow,
     "setsockopt",
     "IPPROTO_IPV6 up to 31: hops, groups, IPv6 only; not 32, flow labels, which are charged to nobody",
     {equal(1, 41), below(2, 32)},
     inet},
    {allow,
     "setsockopt",
     "IPPROTO_IPV6 40 to 47: groups, for both families",
     {equal(1, 41), block(2, 40, 8)},
     inet},
    {allow,
     "setsockopt",
     "IPPROTO_IPV6 48 to 63: what is to be told of packets",
     {equal(1, 41), block(2, 48, 16)},
     inet},
    {allow, "setsockopt", "IPPROTO_IPV6 64 to 79: the traffic class", {equal(1, 41), block(2, 64, 16)}, inet},
    {allow,
     "seccomp prctl",
     "code_runner loads a filter of its own with these, and that one refuses them from then on",
     {},
     code_runner},
    {allow,
     "prctl",
     "Without code_runner: prctl(2) up to 21; not 22, PR_SET_SECCOMP, nor seccomp(2), whose filters are the "
     "same objects as those of sockets",
     {below(0, 22)},
     no_code_runner},
    {allow, "prctl", "PR_CAPBSET_READ", {equal(0, 23)}, no_code_runner},
    {allow, "prctl", "24 to 31: securebits, timer slack", {block(0, 24, 8)}, no_code_runner},
    {allow,
     "prctl",
     "32 to 47: subreapers, no-new-privileges, huge pages",
     {block(0, 32, 16)},
     no_code_runner},
    {allow,
     "prctl",
     "48 to 55: speculation; not 62, PR_SCHED_CORE, which would keep half a core idle",
     {block(0, 48, 8)},
     no_code_runner},
    {allow, "prctl", "PR_SET_VMA: names of memory, by the C library", {equal(0, 0x53564d41)}, no_code_runner},
    {allow, "prctl", "PR_SET_PTRACER: crash handlers", {equal(0, 0x59616d61)}, no_code_runner},

    // What is refused, for the brief list.
    {refuse, "socket", "AF_UNSPEC", {equal(0, 0)}},
    {refuse, "socket", "AF_AX25; opening one of these loads a kernel module", {equal(0, 3)}},
    {refuse, "socket", "AF_IPX, AF_APPLETALK, AF_NETROM, AF_BRIDGE", {block(0, 4, 4)}},
    {refuse, "socket", "AF_ATMPVC, AF_X25", {block(0, 8, 2)}},
    {refuse, "socket", "AF_INET and AF_INET6: no type", {internet, socket_type(0)}, inet},
    {refuse, "socket", "AF_INET and AF_INET6: raw sockets", {internet, socket_type(3)}, inet},
    {refuse,
     "socket",
     "AF_INET and AF_INET6: types 4 to 7, among them SCTP and DCCP",
     {internet, masked(1, 12, 4)},
     inet},
    {refuse, "socket", "AF_INET and AF_INET6: types 8 to 15", {internet, masked(1, 8, 8)}, inet},
    {refuse, "socket", "AF_INET and AF_INET6: ICMP", {internet, equal(2, 1)}, inet},
    {refuse, "socket", "AF_INET and AF_INET6: protocols 2 and 3", {internet, block(2, 2, 2)}, inet},
    {refuse, "socket", "AF_INET and AF_INET6: protocols 4 and 5", {internet, block(2, 4, 2)}, inet},
    {refuse, "socket", "AF_INET and AF_INET6: protocol 7", {internet, equal(2, 7)}, inet},
    {refuse, "socket", "AF_INET and AF_INET6: protocols 8 to 15", {internet, block(2, 8, 8)}, inet},
    {refuse, "socket", "AF_INET and AF_INET6: protocol 16", {internet, equal(2, 16)}, inet},
    {refuse,
     "socket",
     "AF_INET and AF_INET6: protocols above UDP, MPTCP and SCTP among them",
     {internet, above(2, 17)},
     inet},
    {refuse, "socketpair", "AF_UNIX pairs only", {above(0, 1)}},
    {refuse, "socketpair", "and none of no family", {equal(0, 0)}},
    {refuse,
     "setsockopt",
     "Levels beyond 32 bits, of which the kernel would read the lower half: they would pass by what follows",
     {above(1, 0xffffffff)}},
    {refuse, "setsockopt", "Options beyond 32 bits, likewise", {above(2, 0xffffffff)}},
    {refuse,
     "setsockopt",
     "SO_ATTACH_FILTER: such programs, freed in numbers, stop the start of every container of the host",
     {equal(1, 1), equal(2, 26)}},
    {refuse,
     "setsockopt",
     "SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF: the same objects",
     {equal(1, 1), block(2, 50, 2)}},
    {refuse, "setsockopt", "SO_ATTACH_REUSEPORT_EBPF: the same objects", {equal(1, 1), equal(2, 52)}},
    {refuse,
     "setsockopt",
     "TCP_MD5SIG: keys are memory that is charged to nobody",
     {equal(1, 6), equal(2, 14)}},
    {refuse, "setsockopt", "TCP_MD5SIG_EXT, TCP_FASTOPEN_KEY: keys again", {equal(1, 6), block(2, 32, 2)}},
    {refuse, "setsockopt", "TCP_AO_* and what comes later: keys again", {equal(1, 6), above(2, 36)}},
    {refuse,
     "setsockopt",
     "IPV6_FLOWLABEL_MGR: labels are charged to nobody, and the host has 4096 of them",
     {equal(1, 41), equal(2, 32)}},
    {refuse, "clone", "CLONE_NEWTIME: a name space", {masked(0, 0x80, 0x80)}},
    {refuse, "clone", "CLONE_NEWNS: a name space", {masked(0, 0x20000, 0x20000)}},
    {refuse, "clone", "CLONE_NEWCGROUP: a name space", {masked(0, 0x2000000, 0x2000000)}},
    {refuse, "clone", "CLONE_NEWUTS: a name space", {masked(0, 0x4000000, 0x4000000)}},
    {refuse, "clone", "CLONE_NEWIPC: a name space", {masked(0, 0x8000000, 0x8000000)}},
    {refuse, "clone", "CLONE_NEWUSER: a name space", {masked(0, 0x10000000, 0x10000000)}},
    {refuse, "clone", "CLONE_NEWPID: a name space", {masked(0, 0x20000000, 0x20000000)}},
    {refuse, "clone", "CLONE_NEWNET: a name space", {masked(0, 0x40000000, 0x40000000)}},
};

} // namespace

std::span<const call_rule> rules_by_argument() {
    return argument_rules;
}

} // namespace docker_run::docker
