public class Main {
    public static void main(String[] args) throws InterruptedException {
        System.out.println("first");
        Thread.sleep(60000);
        System.out.println("second");
    }
}
