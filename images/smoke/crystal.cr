require "file_utils"
require "socket"
require "system/user"

def check(condition)
  raise "check failed" unless condition
end

def threads
  channel = Channel(Int32).new
  8.times { |number| spawn { channel.send(number) } }
  check (0...8).sum { channel.receive } == 28
end

def processes
  output = IO::Memory.new
  status = Process.run("sh", ["-c", "echo text; exit 3"], output: output)
  check output.to_s == "text\n" && status.exit_code == 3
  check `echo text` == "text\n"
end

def sockets
  server = TCPServer.new("127.0.0.1", 0)
  spawn { server.accept(&.puts("hello")) }
  check TCPSocket.open("127.0.0.1", server.local_address.port, &.gets) == "hello"
  left, right = UNIXSocket.pair
  left.puts "x"
  check right.gets == "x"
  check System.hostname != ""
end

def clocks
  before = Time.monotonic
  sleep 10.milliseconds
  check Time.monotonic - before >= 10.milliseconds
  check Time.local.year > 2020
end

def files
  file = File.tempfile("smoke") { |io| io.print "ä" * 1000 }
  check File.read(file.path).size == 1000
  File.rename(file.path, "/tmp/moved")
  File.symlink("/tmp/moved", "link")
  check File.size("link") == 2000
  FileUtils.mkdir_p("folder/inner")
  check Dir.children("folder") == ["inner"]
  File.open("link", "r+", &.flock_exclusive)
end

def environment
  ENV["NAME"] = "value"
  check `printf $NAME` == "value"
  check ENV["HOME"] == Dir.current && System.cpu_count > 0
end

def numbers
  check (Math.sin(Math::PI / 2) - 1).abs < 1e-9
  check Random::Secure.random_bytes(8).size == 8 && rand(6) < 6
end

def user
  check System::User.find_by(id: LibC.getuid.to_s).home_directory == ENV["HOME"]
end

def text
  check "straße".upcase == "STRASSE"
end

{% for area in %w(threads processes sockets clocks files environment numbers user text) %}
  {{area.id}}
  puts "{{area.id}} ok"
{% end %}
puts "done"
