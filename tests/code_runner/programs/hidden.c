/* hidden CHILDREN MILLISECONDS MEBIBYTES: starts children of which the kernel tells it nothing, since it ignores
   SIGCHLD; each uses that much memory and processor time. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void work(double milliseconds, size_t mebibytes) {
    volatile char *memory = malloc(mebibytes << 20);
    for (size_t place = 0; place < mebibytes << 20; place += 4096)
        memory[place] = 1;
    while ((double)clock() * 1000 / CLOCKS_PER_SEC < milliseconds)
        continue;
    _exit(0);
}

int main(int count, char **words) {
    if (count != 4)
        return 2;
    signal(SIGCHLD, SIG_IGN);
    for (int child = 0; child < atoi(words[1]); child++)
        if (fork() == 0)
            work(atof(words[2]), (size_t)atoi(words[3]));
    while (wait(NULL) >= 0)
        continue;
}
