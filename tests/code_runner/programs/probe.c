/* Makes the system calls that stdin names, a line each, and prints how each ended: "0" or the error's name.
   A line: 64 or 32 (by `int 0x80`), the number, and up to six arguments; "&" is the address of zeros, "R" the
   runner's process id, which is in the environment as RUNNER. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char zeros[4096]; /* below 4 GiB, since the program is linked to a fixed place */

static long argument(const char *word) {
    if (word[0] == '&')
        return (long)(intptr_t)zeros;
    return strtol(word[0] == 'R' ? getenv("RUNNER") : word, NULL, 0);
}

static long call_32(const long *values) {
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(values[0]), "b"(values[1]), "c"(values[2]), "d"(values[3]), "S"(values[4]), "D"(values[5])
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}

int main(void) {
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        long values[7] = {0};
        int count = 0;
        char *word = strtok(line, " \n");
        const int is_32 = strcmp(word, "32") == 0;
        while ((word = strtok(NULL, " \n")) && count < 7)
            values[count++] = argument(word);
        memset(zeros, 0, sizeof zeros);
        long result = is_32 ? call_32(values)
                            : syscall(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
        const int error = is_32 ? (int)-result : errno;
        puts(result >= 0 ? "0" : strerrorname_np(error));
        fflush(stdout);
    }
}
