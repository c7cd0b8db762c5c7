; The system calls that programs of beginners make: 64 bit, and 32 bit through int 0x80.
%macro call64 1-7 0, 0, 0, 0, 0, 0
    mov rax, %1
    mov rdi, %2
    mov rsi, %3
    mov rdx, %4
    mov r10, %5
    mov r8, %6
    mov r9, %7
    syscall
%endmacro

%macro report 2
    call64 1, 1, %1, %2
%endmacro

section .data
    threads_ok db "threads ok", 10
    threads_size equ $ - threads_ok
    processes_ok db "processes ok", 10
    processes_size equ $ - processes_ok
    sockets_ok db "sockets ok", 10
    sockets_size equ $ - sockets_ok
    clocks_ok db "clocks ok", 10
    clocks_size equ $ - clocks_ok
    files_ok db "files ok", 10
    files_size equ $ - files_ok
    old_calls db "int-0x80 ok", 10
    old_size equ $ - old_calls
    done db "done", 10
    done_size equ $ - done
    file_name db "/tmp/one", 0
    interval dq 0, 10000000
    address dw 2, 0
            db 127, 0, 0, 1
            dq 0
    address_size dd 16

section .bss
    buffer resb 64
    now resq 2
    flag resd 1
    stack resb 65536
stack_top:

section .text
global _start
_start:
    ; clone: a thread that sets a flag and ends
    call64 56, 0x50f00, stack_top, 0, 0, 0
    test rax, rax
    js failed
    jz thread
.wait:
    call64 24 ; sched_yield
    cmp dword [flag], 1
    jne .wait
    report threads_ok, threads_size

    ; fork, exit, wait4
    call64 57
    test rax, rax
    js failed
    jnz parent
    call64 60, 5
parent:
    call64 61, -1, flag, 0, 0
    test rax, rax
    js failed
    cmp dword [flag], 5 << 8
    jne failed
    report processes_ok, processes_size

    ; socket, bind, listen, getsockname, connect
    call64 41, 2, 1, 0
    test rax, rax
    js failed
    mov r12, rax
    call64 49, r12, address, 16
    test rax, rax
    js failed
    call64 50, r12, 1
    call64 51, r12, address, address_size
    call64 41, 2, 1, 0
    mov r13, rax
    call64 42, r13, address, 16
    test rax, rax
    js failed
    report sockets_ok, sockets_size

    ; nanosleep, clock_gettime, time
    call64 35, interval, 0
    test rax, rax
    js failed
    call64 228, 0, now
    cmp qword [now], 1600000000
    jl failed
    report clocks_ok, clocks_size

    ; open, write, lseek, read, mmap, close, unlink
    call64 2, file_name, 0x242, 0600q
    test rax, rax
    js failed
    mov r12, rax
    call64 1, r12, done, done_size
    call64 8, r12, 0, 0
    call64 0, r12, buffer, 64
    cmp rax, done_size
    jne failed
    call64 9, 0, 4096, 1, 2, r12, 0
    cmp byte [rax], 'd'
    jne failed
    call64 3, r12
    call64 87, file_name
    test rax, rax
    js failed
    report files_ok, files_size

    ; write, of 32 bit
    mov eax, 4
    mov ebx, 1
    mov ecx, old_calls
    mov edx, old_size
    int 0x80
    cmp eax, old_size
    jne failed

    report done, done_size
    call64 231, 0
thread:
    mov dword [flag], 1
    call64 60, 0
failed:
    call64 231, 1
