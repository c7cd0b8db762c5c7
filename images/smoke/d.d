import core.sys.posix.pwd;
import core.sys.posix.unistd;
import core.thread;
import std.algorithm;
import std.conv;
import std.datetime;
import std.digest.sha;
import std.exception;
import std.file;
import std.math;
import std.mmfile;
import std.parallelism;
import std.path;
import std.process;
import std.random;
import std.range;
import std.socket;
import std.stdio;
import std.string;
import std.uni;

void threads() {
    enforce(taskPool.reduce!"a + b"(iota(1000)) == 499_500);
    int answer;
    auto thread = new Thread({ answer = 42; });
    thread.start();
    thread.join();
    enforce(answer == 42);
}

void processes() {
    auto result = executeShell("echo text; exit 3");
    enforce(result.output == "text\n" && result.status == 3);
    enforce(wait(spawnProcess(["true"])) == 0);
}

void sockets() {
    auto listener = new TcpSocket();
    listener.bind(new InternetAddress("127.0.0.1", 0));
    listener.listen(1);
    auto client = new TcpSocket(listener.localAddress);
    auto peer = listener.accept();
    peer.send("hello");
    char[8] buffer;
    enforce(client.receive(buffer) == 5 && buffer[0 .. 5] == "hello");
    auto pair = socketPair();
    pair[0].send("x");
    enforce(pair[1].receive(buffer) == 1);
}

void clocks() {
    const before = MonoTime.currTime;
    Thread.sleep(10.msecs);
    enforce(MonoTime.currTime - before >= 10.msecs);
    enforce(Clock.currTime(UTC()).year > 2020);
}

void files() {
    const path = buildPath(tempDir, "ümlaut");
    std.file.write(path, "ä".replicate(1000));
    enforce(readText(path).walkLength == 1000);
    scope mapped = new MmFile(path);
    enforce(mapped.length == 2000);
    rename(path, path ~ "2");
    symlink(path ~ "2", "link");
    mkdirRecurse("a/b");
    enforce(dirEntries("a", SpanMode.shallow).walkLength == 1);
    auto file = File("link", "r+");
    file.lock();
}

void environments() {
    environment["NAME"] = "value";
    enforce(executeShell("printf $NAME").output == "value");
    enforce(environment["HOME"] == getcwd() && totalCPUs > 0);
}

void numbers() {
    enforce(abs(sin(PI / 2) - 1) < 1e-9);
    enforce(uniform(1, 7) <= 6);
    enforce(sha256Of("x").toHexString!(LetterCase.lower)[0 .. 6] == "2d7116");
}

void user() {
    enforce(getpwuid(getuid()).pw_dir.fromStringz == environment["HOME"]);
}

void text() {
    enforce("straße".toUpper == "STRASSE");
    enforce("straße".walkLength == 6);
}

void main() {
    static foreach (name; ["threads", "processes", "sockets", "clocks", "files", "environments", "numbers", "user", "text"]) {
        mixin(name ~ "();");
        writeln(name == "environments" ? "environment" : name, " ok");
    }
    writeln("done");
}
