import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

public class Main {
    interface Area {
        void run() throws Exception;
    }

    static void check(boolean condition) {
        if (!condition)
            throw new AssertionError();
    }

    static void threads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        check(pool.submit(() -> 42).get() == 42);
        pool.shutdown();
        check(pool.awaitTermination(5, TimeUnit.SECONDS));
        check(IntStream.range(0, 1000).parallel().sum() == 499500);
        check(CompletableFuture.supplyAsync(() -> 1).thenApply(one -> one + 1).get() == 2);
    }

    static void processes() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "read line; echo $line; exit 3").start();
        try (PrintWriter input = new PrintWriter(process.getOutputStream())) {
            input.println("text");
        }
        check(new String(process.getInputStream().readAllBytes()).equals("text\n"));
        check(process.waitFor() == 3);
        check(ProcessHandle.current().pid() > 0);
    }

    static void sockets() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> {
                try (Socket peer = listener.accept()) {
                    peer.getOutputStream().write("hello\n".getBytes());
                } catch (Exception error) {
                    throw new RuntimeException(error);
                }
            });
            server.start();
            try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
                check(new BufferedReader(new InputStreamReader(client.getInputStream())).readLine().equals("hello"));
            }
            server.join();
        }
        try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress());
             DatagramSocket sender = new DatagramSocket()) {
            receiver.setSoTimeout(5000);
            sender.send(new DatagramPacket(new byte[] {7}, 1, receiver.getLocalSocketAddress()));
            DatagramPacket packet = new DatagramPacket(new byte[8], 8);
            receiver.receive(packet);
            check(packet.getLength() == 1);
        }
        try (Selector selector = Selector.open(); ServerSocketChannel channel = ServerSocketChannel.open()) {
            channel.bind(new InetSocketAddress("127.0.0.1", 0)).configureBlocking(false);
            channel.register(selector, channel.validOps());
            check(selector.selectNow() == 0);
        }
        Pipe pipe = Pipe.open();
        pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
        check(pipe.source().read(ByteBuffer.allocate(4)) == 1);
    }

    static void clocks() throws Exception {
        long before = System.nanoTime();
        Thread.sleep(10);
        check(System.nanoTime() - before >= 9_000_000);
        CountDownLatch fired = new CountDownLatch(1);
        Timer timer = new Timer(true);
        timer.schedule(new TimerTask() {
            @Override
            public void run() {
                fired.countDown();
            }
        }, 10);
        check(fired.await(5, TimeUnit.SECONDS));
        check(ZonedDateTime.now().getYear() > 2020 && Instant.now().toEpochMilli() > 0);
    }

    static void files() throws Exception {
        Path file = Files.createTempFile("smoke", ".txt");
        Files.writeString(file, "ä\n".repeat(1000));
        check(Files.readAllLines(file).size() == 1000);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            check(channel.lock().isValid());
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
            mapped.put(0, (byte) 'x');
            mapped.force();
            channel.force(true);
        }
        Path moved = Files.move(file, Path.of("moved.txt"));
        Files.createSymbolicLink(Path.of("link"), moved);
        check(Files.size(Path.of("link")) == 4096 || Files.size(Path.of("link")) == 3000);
        check(Files.getFileStore(moved).getUsableSpace() > 0);
        try (var service = moved.getFileSystem().newWatchService()) {
            check(service.poll() == null);
        }
    }

    static void environment() {
        check(System.getenv("HOME").equals(System.getProperty("user.dir")));
        check(Runtime.getRuntime().availableProcessors() > 0 && Runtime.getRuntime().maxMemory() > 0);
    }

    static void numbers() {
        check(Math.abs(Math.sin(Math.PI / 2) - 1) < 1e-9);
        check(new SecureRandom().nextInt(6) < 6);
    }

    static void user() {
        check(!System.getProperty("user.name").equals("?"));
        check(System.getProperty("user.home").equals(System.getenv("HOME")));
    }

    static void text() {
        check("straße".toUpperCase(Locale.ROOT).equals("STRASSE"));
        check(Charset.defaultCharset().name().equals("UTF-8"));
        check(String.format("%,d", 1000).length() >= 4);
    }

    public static void main(String[] arguments) throws Exception {
        String[] names = {"threads", "processes", "sockets", "clocks", "files", "environment", "numbers", "user", "text"};
        Area[] areas = {Main::threads, Main::processes, Main::sockets, Main::clocks, Main::files, Main::environment,
            Main::numbers, Main::user, Main::text};
        for (int i = 0; i < areas.length; ++i) {
            areas[i].run();
            System.out.println(names[i] + " ok");
        }
        System.out.println("done");
    }
}
