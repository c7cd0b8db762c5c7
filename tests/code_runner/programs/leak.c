/* For -fsanitize=address,leak: its leak is to be found, which needs a thread that traces the others. */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    char *volatile lost = malloc(4711);
    lost = NULL;
    puts(lost ? "kept" : "lost");
    fflush(stdout); /* the sanitizer ends the process without it */
}
