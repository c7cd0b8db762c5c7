#include "docker/system_call_table.hpp"

namespace docker_run::docker {

namespace {

using enum call_answer;

constexpr call_rule name_rules[] = {
    {allow,
     "close close_range read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2 lseek "
     "_llseek dup dup2 dup3 fcntl fcntl64 flock fsync fdatasync sync syncfs sync_file_range sync_file_range2 "
     "arm_sync_file_range ftruncate ftruncate64 fallocate fadvise64 fadvise64_64 arm_fadvise64_64 readahead "
     "copy_file_range sendfile sendfile64 splice tee vmsplice ioctl",
     "Files by descriptor: what was opened decides"},
    {allow,
     "open openat openat2 creat access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 "
     "newfstatat fstatat64 statx statfs statfs64 fstatfs fstatfs64 readlink readlinkat getcwd chdir fchdir "
     "getdents getdents64 readdir mkdir mkdirat rmdir mknod mknodat link linkat symlink symlinkat unlink "
     "unlinkat rename renameat renameat2 truncate truncate64 umask chmod fchmod fchmodat fchmodat2 chown "
     "chown32 fchown fchown32 fchownat lchown lchown32 utime utimes futimesat utimensat utimensat_time64",
     "Files by name: permissions and the read-only root decide"},
    {allow,
     "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr removexattr "
     "lremovexattr fremovexattr",
     "Attributes of files: kept in a tmpfs of the container, charged to it"},
    {allow,
     "select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64 epoll_create epoll_create1 "
     "epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd "
     "signalfd4 timerfd_create timerfd_settime timerfd_settime64 timerfd_gettime timerfd_gettime64 "
     "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch pipe pipe2 memfd_create",
     "Waiting for descriptors and changes of files"},
    {allow,
     "brk mmap mmap2 munmap mremap mprotect pkey_alloc pkey_free pkey_mprotect msync mincore madvise mlock "
     "mlock2 mlockall munlock munlockall remap_file_pages mseal map_shadow_stack membarrier",
     "Memory of its own, charged to the container"},
    {allow,
     "fork vfork execve execveat exit exit_group wait4 waitid waitpid getpid gettid getppid getpgid getpgrp "
     "setpgid getsid setsid set_tid_address set_robust_list get_robust_list futex futex_time64 futex_waitv "
     "futex_wake futex_wait futex_requeue rseq getcpu arch_prctl set_thread_area get_thread_area set_tls "
     "cacheflush breakpoint restart_syscall pause nanosleep clock_nanosleep clock_nanosleep_time64 "
     "sched_yield",
     "Processes and threads, bounded by the pids limit"},
    {allow,
     "kill tkill tgkill rt_sigaction sigaction signal rt_sigprocmask sigprocmask sgetmask ssetmask "
     "rt_sigpending sigpending rt_sigsuspend sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 "
     "rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn sigreturn sigaltstack pidfd_open pidfd_send_signal",
     "Signals: within the container's process name space"},
    {allow, "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd",
     "Debuggers and leak checkers, for the program's own children; PID 1 is not dumpable and refuses them"},
    {allow,
     "time gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 adjtimex "
     "clock_adjtime clock_adjtime64 times getitimer setitimer alarm timer_create timer_settime "
     "timer_settime64 timer_gettime timer_gettime64 timer_getoverrun timer_delete",
     "Clocks and timers: without CAP_SYS_TIME nothing can be set"},
    {allow,
     "getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid "
     "getresgid32 getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid setreuid32 setregid "
     "setregid32 setresuid setresuid32 setresgid setresgid32 setfsuid setfsuid32 setfsgid setfsgid32 "
     "setgroups setgroups32 capget capset",
     "Users and capabilities: without a capability and with no-new-privileges nothing can be gained"},
    {allow,
     "getrlimit ugetrlimit setrlimit prlimit64 getrusage getpriority setpriority nice ioprio_get ioprio_set "
     "sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_getattr sched_setattr "
     "sched_getaffinity sched_setaffinity sched_get_priority_max sched_get_priority_min "
     "sched_rr_get_interval sched_rr_get_interval_time64 uname sysinfo getrandom",
     "Limits, priorities and figures; code_runner's own filter keeps programs from those of PID 1"},
    {allow, "landlock_create_ruleset landlock_add_rule landlock_restrict_self",
     "Restricting oneself further"},
    {allow,
     "ipc shmget shmat shmctl shmdt semget semop semtimedop semtimedop_time64 semctl msgget msgsnd msgrcv "
     "msgctl mq_open mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64 "
     "mq_notify mq_getsetattr",
     "Memory, messages and semaphores between processes of one container: the IPC name space is its own, the "
     "memory charged"},
    {allow,
     "connect bind listen accept accept4 getsockname getpeername getsockopt send recv sendto recvfrom "
     "sendmsg sendmmsg recvmsg recvmmsg recvmmsg_time64 shutdown",
     "Sockets that are open"},
    {refuse,
     "unshare setns mount umount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen "
     "fsconfig fsmount fspick mount_setattr statmount listmount sethostname setdomainname",
     "Name spaces and mounts: the kernel's code for root, opened to everybody"},
    {refuse, "io_uring_setup io_uring_enter io_uring_register", "Rings of calls: they pass every filter by"},
    {refuse, "io_setup io_destroy io_getevents io_submit io_cancel io_pgetevents io_pgetevents_time64",
     "Asynchronous I/O of the old kind: one pool for the whole host, of which root gets nothing when a "
     "program took it"},
    {refuse, "bpf perf_event_open uprobe uretprobe", "Programs in the kernel, and measuring it"},
    {refuse, "userfaultfd", "Page faults that a program answers hold the kernel up at a place of its choice"},
    {refuse, "add_key request_key keyctl", "Keyrings: not in a name space, counted by user"},
    {refuse, "name_to_handle_at open_by_handle_at", "Files by handle: past the root of the container"},
    {refuse, "fanotify_init fanotify_mark", "Watching the files of everybody"},
    {refuse,
     "init_module finit_module delete_module create_module query_module get_kernel_syms kexec_load "
     "kexec_file_load reboot swapon swapoff acct quotactl quotactl_fd nfsservctl iopl ioperm vm86 vm86old "
     "vhangup syslog bdflush",
     "Kernel modules, other kernels, the machine"},
    {refuse, "settimeofday stime clock_settime clock_settime64", "The clock of the host"},
    {refuse,
     "get_mempolicy set_mempolicy set_mempolicy_home_node mbind migrate_pages move_pages process_madvise "
     "process_mrelease",
     "Where pages lie, and pages of other processes"},
    {refuse, "cachestat", "What pages of shared files are in memory: it would tell of neighbours"},
    {refuse, "memfd_secret",
     "Memory that the kernel itself cannot read, at the price of everybody's large pages"},
    {refuse, "modify_ldt", "Segments of the old kind; threads of i386 take set_thread_area"},
    {refuse,
     "uselib ustat sysfs _sysctl lookup_dcookie afs_syscall tuxcall security vserver getpmsg putpmsg break "
     "ftime gtty stty idle lock mpx prof profil ulimit oldstat oldlstat oldfstat oldolduname olduname "
     "lsm_get_self_attr lsm_set_self_attr lsm_list_modules setxattrat getxattrat listxattrat removexattrat "
     "file_getattr file_setattr",
     "Obsolete, without a user"},
};

} // namespace

std::span<const call_rule> rules_by_name() {
    return name_rules;
}

} // namespace docker_run::docker
