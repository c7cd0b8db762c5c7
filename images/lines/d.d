import core.thread;
import std.stdio;

void main() {
    writeln("first");
    Thread.sleep(60.seconds);
    writeln("second");
}
