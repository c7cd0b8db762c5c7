require "digest"
require "etc"
require "fileutils"
require "open3"
require "securerandom"
require "socket"
require "tempfile"
require "timeout"

def check(condition)
  raise "check failed" unless condition
end

AREAS = {
  "threads" => lambda {
    queue = Queue.new
    8.times.map { |number| Thread.new { queue << number } }.each(&:join)
    check 8.times.map { queue.pop }.sum == 28
    check Ractor.new { 42 }.take == 42
  },
  "processes" => lambda {
    out, status = Open3.capture2("sh", "-c", "cat; exit 3", stdin_data: "text")
    check out == "text" && status.exitstatus == 3
    reader, writer = IO.pipe
    pid = fork { writer.write("child"); exit!(0) }
    Process.wait(pid)
    writer.close
    check reader.read == "child"
    caught = Queue.new
    trap("USR1") { caught << 1 }
    Process.kill("USR1", Process.pid)
    check caught.pop == 1
    check `echo text` == "text\n"
  },
  "sockets" => lambda {
    server = TCPServer.new("127.0.0.1", 0)
    thread = Thread.new { server.accept.then { |peer| peer.puts "hello"; peer.close } }
    check TCPSocket.new("127.0.0.1", server.addr[1]).gets == "hello\n"
    thread.join
    receiver = UDPSocket.new.tap { |socket| socket.bind("127.0.0.1", 0) }
    UDPSocket.new.send("datagram", 0, "127.0.0.1", receiver.addr[1])
    check receiver.recvfrom(100)[0] == "datagram"
    left, right = UNIXSocket.pair
    left.send_io($stdout)
    check right.recv_io.fileno > 2
    check IO.select([server], nil, nil, 0).nil?
    check Socket.gethostname != ""
  },
  "clocks" => lambda {
    before = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    sleep 0.01
    check Process.clock_gettime(Process::CLOCK_MONOTONIC) - before >= 0.01
    check Time.now.year > 2020
    begin
      Timeout.timeout(0.01) { sleep }
      check false
    rescue Timeout::Error
      check true
    end
  },
  "files" => lambda {
    Dir.mktmpdir do |folder|
      path = File.join(folder, "ümlaut")
      File.write(path, "ä" * 1000)
      File.symlink("ümlaut", File.join(folder, "link"))
      check File.read(File.join(folder, "link")).size == 1000
      File.open(path) { |file| check file.flock(File::LOCK_EX) == 0 }
      FileUtils.mv(path, "#{path}2")
      check Dir.children(folder).size == 2
    end
    Tempfile.create { |file| file.write("x") }
  },
  "environment" => lambda {
    ENV["NAME"] = "value"
    check `printf $NAME` == "value"
    check ENV["HOME"] == Dir.pwd
    check Etc.nprocessors > 0 && Etc.uname[:sysname] == "Linux"
  },
  "numbers" => lambda {
    check (Math.sin(Math::PI / 2) - 1).abs < 1e-9
    check SecureRandom.bytes(8).size == 8
    check Digest::SHA256.hexdigest("x").start_with?("2d7116")
    check 2**100 > 2**99
  },
  "user" => lambda {
    check Etc.getpwuid.dir == ENV["HOME"]
    check File.expand_path("~#{Etc.getpwuid.name}") == ENV["HOME"]
  },
  "text" => lambda {
    check "straße".upcase == "STRASSE"
    check Encoding.default_external == Encoding::UTF_8
  }
}

$VERBOSE = nil
AREAS.each do |name, area|
  area.call
  puts "#{name} ok"
end
puts "done"
