import java.io.{BufferedReader, File, InputStreamReader, PrintWriter}
import java.net.{InetAddress, ServerSocket, Socket}
import java.nio.file.{Files, Paths}
import java.security.SecureRandom
import scala.concurrent.{Await, Future}
import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.duration._
import scala.sys.process._

object Main {
  def threads(): Unit = {
    val futures = (1 to 8).map(number => Future(number))
    assert(Await.result(Future.sequence(futures), 5.seconds).sum == 36)
  }

  def processes(): Unit = {
    assert(Seq("sh", "-c", "echo text").!! == "text\n")
    assert(Seq("sh", "-c", "exit 3").! == 3)
  }

  def sockets(): Unit = {
    val listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress)
    val server = Future {
      val peer = listener.accept()
      peer.getOutputStream.write("hello\n".getBytes)
      peer.close()
    }
    val client = new Socket(listener.getInetAddress, listener.getLocalPort)
    assert(new BufferedReader(new InputStreamReader(client.getInputStream)).readLine() == "hello")
    Await.result(server, 5.seconds)
  }

  def clocks(): Unit = {
    val before = System.nanoTime
    Thread.sleep(10)
    assert(System.nanoTime - before >= 9000000)
    assert(java.time.ZonedDateTime.now.getYear > 2020)
  }

  def files(): Unit = {
    val file = File.createTempFile("smoke", ".txt")
    val writer = new PrintWriter(file, "UTF-8")
    writer.write("one\ntwo\n")
    writer.close()
    assert(scala.io.Source.fromFile(file).getLines().toList == List("one", "two"))
    Files.createSymbolicLink(Paths.get("link"), file.toPath)
    assert(file.renameTo(new File("/tmp/moved")))
  }

  def environment(): Unit = {
    assert(sys.env("HOME") == new File("").getAbsolutePath)
    assert(Runtime.getRuntime.availableProcessors > 0)
  }

  def numbers(): Unit = {
    assert(math.abs(math.sin(math.Pi / 2) - 1) < 1e-9)
    assert(new SecureRandom().nextInt(6) < 6)
    assert(BigInt(2).pow(100) > BigInt(2).pow(99))
  }

  def user(): Unit = {
    assert(sys.props("user.name") != "?")
    assert(sys.props("user.home") == sys.env("HOME"))
  }

  def text(): Unit = assert("straße".toUpperCase == "STRASSE")

  def main(arguments: Array[String]): Unit = {
    val areas = List[(String, () => Unit)](
      ("threads", () => threads()), ("processes", () => processes()), ("sockets", () => sockets()),
      ("clocks", () => clocks()), ("files", () => files()), ("environment", () => environment()),
      ("numbers", () => numbers()), ("user", () => user()), ("text", () => text()))
    for ((name, area) <- areas) {
      area()
      println(name + " ok")
    }
    println("done")
  }
}
