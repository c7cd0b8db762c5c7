/* Linked into the programs of live runs that print through C's stdio: each line leaves when it is printed. And
 * what has been printed leaves before the program waits for input, so that a prompt is seen: glibc does this
 * for an input that is line-buffered. */
#include <stdio.h>

__attribute__((constructor)) static void print_lines_at_once(void) {
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    setvbuf(stdin, NULL, _IOLBF, BUFSIZ);
}
