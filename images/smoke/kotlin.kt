import java.io.File
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.nio.file.Files
import java.security.SecureRandom
import java.time.ZonedDateTime
import java.util.concurrent.Executors
import java.util.concurrent.Callable
import kotlin.concurrent.thread
import kotlin.math.PI
import kotlin.math.abs
import kotlin.math.sin

fun threads() {
    val pool = Executors.newFixedThreadPool(4)
    check(pool.submit(Callable { 42 }).get() == 42)
    pool.shutdown()
    val lock = Any()
    var sum = 0
    (1..8).map { thread { synchronized(lock) { sum += it } } }.forEach { it.join() }
    check(sum == 36)
}

fun processes() {
    val process = ProcessBuilder("sh", "-c", "echo text; exit 3").start()
    check(process.inputStream.bufferedReader().readText() == "text\n")
    check(process.waitFor() == 3)
}

fun sockets() {
    ServerSocket(0, 5, InetAddress.getLoopbackAddress()).use { listener ->
        val server = thread { listener.accept().use { it.getOutputStream().write("hello\n".toByteArray()) } }
        Socket(listener.inetAddress, listener.localPort).use {
            check(it.getInputStream().bufferedReader().readLine() == "hello")
        }
        server.join()
    }
}

fun clocks() {
    val before = System.nanoTime()
    Thread.sleep(10)
    check(System.nanoTime() - before >= 9_000_000)
    check(ZonedDateTime.now().year > 2020)
}

fun files() {
    val file = File.createTempFile("smoke", ".txt")
    file.writeText("ä".repeat(1000))
    Files.createSymbolicLink(File("link").toPath(), file.toPath())
    check(File("link").readText().length == 1000)
    check(file.renameTo(File("/tmp/moved")))
    check(File("folder").mkdir())
}

fun environment() {
    check(System.getenv("HOME") == File("").absolutePath)
    check(Runtime.getRuntime().availableProcessors() > 0)
}

fun numbers() {
    check(abs(sin(PI / 2) - 1) < 1e-9)
    check(SecureRandom().nextInt(6) < 6)
}

fun user() {
    check(System.getProperty("user.name") != "?")
    check(System.getProperty("user.home") == System.getenv("HOME"))
}

fun text() {
    check("straße".toUpperCase() == "STRASSE")
}

fun main() {
    val areas = listOf(
        "threads" to ::threads, "processes" to ::processes, "sockets" to ::sockets, "clocks" to ::clocks,
        "files" to ::files, "environment" to ::environment, "numbers" to ::numbers, "user" to ::user, "text" to ::text
    )
    for ((name, area) in areas) {
        area()
        println("$name ok")
    }
    println("done")
}
