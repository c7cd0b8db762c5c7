# What beginners of assembly write: write(2) and exit(2) by `int 0x80`, in a static 32-bit program.
.globl _start
.text
_start:
    movl $4, %eax
    movl $1, %ebx
    movl $text, %ecx
    movl $size, %edx
    int $0x80
    movl $1, %eax
    movl $7, %ebx
    int $0x80
.data
text: .ascii "hello\n"
.equ size, . - text
