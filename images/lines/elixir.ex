IO.puts("first")
Process.sleep(60000)
IO.puts("second")
