import java.io.PrintWriter;

public class Main {
    public static void main(String[] args) throws InterruptedException {
        PrintWriter writer = new PrintWriter(System.out);
        writer.println("first");
        System.err.println("waiting");
        Thread.sleep(60000);
        writer.println("second");
        writer.flush();
    }
}
