#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts("first");
    sleep(60);
    puts("second");
}
