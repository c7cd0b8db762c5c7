#pragma once

// The table of system calls that programs may not make, or not with all arguments. Only
// native_system_calls.cpp and i386_system_calls.cpp include it. Each sets SYSTEM_CALL_NUMBERS to the header
// with the numbers (__NR_*) of its architecture. Every other call up to last_known_system_call is allowed.
// docs/images.md has the same table with the effects on programs.

#include "system_call_rules.hpp"

#include SYSTEM_CALL_NUMBERS

namespace code_runner {
namespace {

constexpr system_call_rule refused_system_calls[] = {
    // Calls that can stop the host: after the socket filters of one program, a kernel did not start any more
    // containers. A filter for system calls is the same kind of object. The runner's own is already loaded.
    {__NR_setsockopt, filter_label::socket_option},
    {__NR_seccomp, filter_label::permission},
    {__NR_prctl, filter_label::process_option},
    {__NR_bpf, filter_label::permission},

    // Families other than AF_UNIX, AF_INET and AF_INET6 reach other containers (AF_VSOCK), take memory that
    // no container is charged for (AF_NETLINK) or load kernel modules (AF_ALG and most others).
    {__NR_socket, filter_label::socket},
    {__NR_socketpair, filter_label::socket},
#ifdef __NR_socketcall
    {__NR_socketcall, filter_label::missing_call}, // its arguments are in memory; a filter cannot see them
#endif

    // A second way into the kernel that bypasses this filter.
    {__NR_io_uring_setup, filter_label::permission},
    {__NR_io_uring_enter, filter_label::permission},
    {__NR_io_uring_register, filter_label::permission},

    // One program can use up the supply of the whole host (fs.aio-max-nr).
    {__NR_io_setup, filter_label::missing_call},
    {__NR_io_destroy, filter_label::missing_call},
    {__NR_io_getevents, filter_label::missing_call},
    {__NR_io_submit, filter_label::missing_call},
    {__NR_io_cancel, filter_label::missing_call},
    {__NR_io_pgetevents, filter_label::missing_call},
#ifdef __NR_io_pgetevents_time64
    {__NR_io_pgetevents_time64, filter_label::missing_call},
#endif

    // Keyrings belong to a user of the host, not to a container.
    {__NR_add_key, filter_label::permission},
    {__NR_request_key, filter_label::permission},
    {__NR_keyctl, filter_label::permission},

    // Namespaces: inside its own namespace a program has every capability, so it can attack far more of the
    // kernel.
    {__NR_unshare, filter_label::permission},
    {__NR_setns, filter_label::permission},
    {__NR_clone, filter_label::clone},
    {__NR_clone3, filter_label::missing_call}, // its flags are in memory; the C libraries then use clone(2)

    // Mounts.
    {__NR_mount, filter_label::permission},
    {__NR_umount2, filter_label::permission},
#ifdef __NR_umount
    {__NR_umount, filter_label::permission},
#endif
    {__NR_pivot_root, filter_label::permission},
    {__NR_open_tree, filter_label::permission},
    {__NR_move_mount, filter_label::permission},
    {__NR_fsopen, filter_label::permission},
    {__NR_fsconfig, filter_label::permission},
    {__NR_fsmount, filter_label::permission},
    {__NR_fspick, filter_label::permission},
    {__NR_mount_setattr, filter_label::permission},
    {__NR_quotactl, filter_label::permission},
    {__NR_quotactl_fd, filter_label::permission},

    // Access to files outside the folders of the container.
    {__NR_name_to_handle_at, filter_label::permission},
    {__NR_open_by_handle_at, filter_label::permission},

    // Calls that observe the host.
    {__NR_fanotify_init, filter_label::permission},
    {__NR_perf_event_open, filter_label::permission},
    {__NR_syslog, filter_label::permission},

    // Page faults that a program handles itself: it could stop the kernel at a place of its choice.
    {__NR_userfaultfd, filter_label::permission},
#ifdef __NR_modify_ldt
    {__NR_modify_ldt, filter_label::missing_call}, // for 16-bit programs; a frequent way to attack a kernel
#endif

    // Memory that no container is charged for (memory policies), that belongs to the host (huge pages), or
    // that splits the host's mapping of memory (memfd_secret).
    {__NR_mbind, filter_label::permission},
    {__NR_set_mempolicy, filter_label::permission},
    {__NR_get_mempolicy, filter_label::permission},
    {__NR_set_mempolicy_home_node, filter_label::permission},
    {__NR_migrate_pages, filter_label::permission},
    {__NR_move_pages, filter_label::permission},
    {__NR_memfd_secret, filter_label::missing_call},
    {__NR_memfd_create, filter_label::memory_file},
#ifdef __NR_mmap2
    {__NR_mmap2, filter_label::memory_map},
    {__NR_mmap, filter_label::missing_call}, // its arguments are in memory; newer programs use mmap2(2)
#else
    {__NR_mmap, filter_label::memory_map},
#endif

    // It writes the dirty data of all disks of the host, where a program has no data of its own.
    {__NR_sync, filter_label::nothing_to_do},

    // Calls that can affect the runner itself.
    {__NR_prlimit64, filter_label::resource_limits},
    {__NR_kill, filter_label::signal},
    {__NR_tkill, filter_label::thread_signal},
    {__NR_tgkill, filter_label::thread_signal},
    {__NR_rt_sigqueueinfo, filter_label::thread_signal},
    {__NR_rt_tgsigqueueinfo, filter_label::thread_signal},
    {__NR_sched_setparam, filter_label::scheduling},
    {__NR_sched_setscheduler, filter_label::scheduling},
    {__NR_sched_setaffinity, filter_label::scheduling},
    {__NR_sched_setattr, filter_label::scheduling},
    {__NR_setpriority, filter_label::priority},
    {__NR_ioprio_set, filter_label::io_priority},
};

} // namespace
} // namespace code_runner
