object Main extends App {
  println("first")
  Thread.sleep(60000)
  println("second")
}
