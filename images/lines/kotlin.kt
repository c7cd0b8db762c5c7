fun main() {
    println("first")
    Thread.sleep(60000)
    println("second")
}
