defmodule Smoke do
  def check(true), do: :ok

  def threads do
    check(1..8 |> Task.async_stream(& &1) |> Enum.map(&elem(&1, 1)) |> Enum.sum() == 36)
    {:ok, agent} = Agent.start_link(fn -> 41 end)
    check(Agent.get(agent, &(&1 + 1)) == 42)
  end

  def processes do
    check(System.cmd("sh", ["-c", "echo text; exit 3"]) == {"text\n", 3})
  end

  def sockets do
    {:ok, listener} = :gen_tcp.listen(0, [:binary, ip: {127, 0, 0, 1}, active: false])
    {:ok, port} = :inet.port(listener)
    {:ok, client} = :gen_tcp.connect(~c"127.0.0.1", port, [:binary, active: false])
    {:ok, peer} = :gen_tcp.accept(listener, 5000)
    :ok = :gen_tcp.send(peer, "hello")
    {:ok, "hello"} = :gen_tcp.recv(client, 5, 5000)
  end

  def clocks do
    before = System.monotonic_time(:millisecond)
    Process.sleep(10)
    check(System.monotonic_time(:millisecond) - before >= 9)
    check(DateTime.utc_now().year > 2020)
  end

  def files do
    path = Path.join(System.tmp_dir!(), "ümlaut")
    File.write!(path, String.duplicate("ä", 1000))
    File.ln_s!(path, "link")
    check("link" |> File.read!() |> String.length() == 1000)
    File.rename!(path, path <> "2")
    File.mkdir_p!("a/b")
    check(File.ls!("a") == ["b"])
  end

  def environment do
    System.put_env("NAME", "value")
    check(System.cmd("sh", ["-c", "printf $NAME"]) == {"value", 0})
    check(System.user_home!() == File.cwd!())
  end

  def numbers do
    check(abs(:math.sin(:math.pi() / 2) - 1) < 1.0e-9)
    check(Enum.random(1..6) <= 6)
  end

  def user, do: check("whoami" |> System.cmd([]) |> elem(0) |> String.trim() != "")

  def text, do: check(String.upcase("straße") == "STRASSE")
end

for area <- [:threads, :processes, :sockets, :clocks, :files, :environment, :numbers, :user, :text] do
  apply(Smoke, area, [])
  IO.puts("#{area} ok")
end

IO.puts("done")
