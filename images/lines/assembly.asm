section .data
    first db "first", 10
    second db "second", 10
    interval dq 60, 0

section .text
global _start
_start:
    mov rsi, first
    mov rdx, second - first
    call print
    mov rax, 35
    mov rdi, interval
    xor rsi, rsi
    syscall
    mov rsi, second
    mov rdx, interval - second
    call print
    mov rax, 60
    xor rdi, rdi
    syscall

print:
    mov rax, 1
    mov rdi, 1
    syscall
    ret
