import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.Executors

def areas = [
    threads: {
        def pool = Executors.newFixedThreadPool(4)
        assert pool.submit({ 42 } as java.util.concurrent.Callable).get() == 42
        pool.shutdown()
        def sum = new java.util.concurrent.atomic.AtomicInteger()
        (1..8).collect { number -> Thread.start { sum.addAndGet(number) } }*.join()
        assert sum.get() == 36
    },
    processes: {
        def process = ["sh", "-c", "echo text; exit 3"].execute()
        assert process.text == "text\n"
        assert process.waitFor() == 3
    },
    sockets: {
        def listener = new ServerSocket(0, 5, InetAddress.loopbackAddress)
        def server = Thread.start { listener.accept().withStreams { input, output -> output << "hello\n" } }
        new Socket("127.0.0.1", listener.localPort).withStreams { input, output ->
            assert input.newReader().readLine() == "hello"
        }
        server.join()
    },
    clocks: {
        def before = System.nanoTime()
        sleep 10
        assert System.nanoTime() - before >= 9_000_000
        assert new Date().time > 1_600_000_000_000L
    },
    files: {
        def file = File.createTempFile("smoke", ".txt")
        file.text = "one\ntwo\n"
        assert file.readLines() == ["one", "two"]
        assert file.renameTo("/tmp/moved")
        Files.createSymbolicLink(Path.of("link"), Path.of("/tmp/moved"))
        assert new File("link").length() == 8
    },
    environment: {
        assert System.getenv("HOME") == new File("").absolutePath
        assert Runtime.runtime.availableProcessors() > 0
    },
    numbers: {
        assert Math.abs(Math.sin(Math.PI / 2) - 1) < 1e-9
        assert new java.security.SecureRandom().nextInt(6) < 6
        assert 2**100 > 2**99
    },
    user: {
        assert System.getProperty("user.name") != "?"
        assert System.getProperty("user.home") == System.getenv("HOME")
    },
    text: { assert "straße".toUpperCase() == "STRASSE" },
]
areas.each { name, area ->
    area()
    println "$name ok"
}
println "done"
