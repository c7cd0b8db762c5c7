// Makes system calls of other architectures than the host's and prints what came of them as JSON. No C library, so
// that one source is a program of 64 bits (with a call of x32) and one of 32 bits (with calls by int 0x80).

static long call(long number, long a, long b, long c) {
    long result = number;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
#else
    __asm__ volatile("int $0x80" : "+a"(result) : "b"(a), "c"(b), "d"(c) : "memory");
#endif
    return result;
}

#if defined(__x86_64__)
enum { read_call = 0, write_call = 1, exit_call = 231 };
#else
enum { read_call = 3, write_call = 4, exit_call = 252 };
#endif

static void print(const char* text) {
    long length = 0;
    while (text[length])
        length++;
    call(write_call, 1, (long)text, length);
}

static void print_number(long number) {
    char text[24], *digit = text + sizeof text - 1;
    unsigned long rest = (unsigned long)(number < 0 ? -number : number);
    *digit = 0;
    do
        *--digit = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--digit = '-';
    print(digit);
}

static void report(const char* name, long result) {
    print(",\"");
    print(name);
    print("\":");
    print_number(result);
}

void _start(void) {
    char buffer[4096];
    while (call(read_call, 0, (long)buffer, sizeof buffer) > 0) {
    }
    print("{\"bits\":");
    print_number(8 * (long)sizeof(long));
#if defined(__x86_64__)
    report("getpid of x32", call(0x40000000L + 39, 0, 0, 0));
#else
    long netlink[3] = {16, 3, 2};
    long local[3] = {1, 1, 0};
    report("getpid", call(20, 0, 0, 0));
    report("socket of AF_UNIX", call(359, 1, 1, 0));
    report("socket of AF_NETLINK", call(359, 16, 3, 2));
    report("socket of AF_VSOCK", call(359, 40, 1, 0));
    report("socketcall, AF_UNIX", call(102, 1, (long)local, 0));
    report("socketcall, AF_NETLINK", call(102, 1, (long)netlink, 0));
    report("io_setup", call(245, 1, 0, 0));
    report("unshare", call(310, 0, 0, 0));
#endif
    print("}");
    call(exit_call, 0, 0, 0);
}
