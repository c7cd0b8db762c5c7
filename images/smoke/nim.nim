import std/[asyncdispatch, asyncnet, math, monotimes, nativesockets, net, os, osproc, posix, random, strutils, sysrand, times,
            unicode]

proc check(condition: bool) =
  if not condition: quit("check failed: " & getStackTrace(), 1)

proc processes() =
  let (output, status) = execCmdEx("cat; exit 3", input = "text")
  check(strutils.strip(output) == "text" and status == 3)

proc talk() {.async.} =
  let server = newAsyncSocket()
  server.bindAddr(Port(0), "127.0.0.1")
  server.listen()
  let accepted = server.accept()
  let client = await asyncnet.dial("127.0.0.1", server.getLocalAddr()[1])
  let peer = await accepted
  await peer.send("hello\n")
  check((await client.recvLine()) == "hello")

proc sockets() =
  waitFor talk()
  check(getHostname() != "")

proc clocks() =
  let before = getMonoTime()
  sleep(10)
  check((getMonoTime() - before).inMilliseconds >= 9)
  check(now().year > 2020 and cpuTime() >= 0)

proc files() =
  let path = getTempDir() / "one"
  writeFile(path, "one\ntwo\n")
  check(readFile(path).splitLines[1] == "two")
  moveFile(path, getTempDir() / "two")
  createSymlink(getTempDir() / "two", "link")
  check(getFileSize("link") == 8)
  createDir("folder")

proc environment() =
  putEnv("NAME", "value")
  check(strutils.strip(execProcess("printf $NAME")) == "value")
  check(getEnv("HOME") == getCurrentDir())

proc numbers() =
  check(abs(sin(PI / 2) - 1) < 1e-9)
  randomize()
  check(rand(6) <= 6 and urandom(8).len == 8)

proc user() =
  check($getpwuid(getuid()).pw_dir == getEnv("HOME"))

proc text() =
  check(unicode.toUpper("äöü") == "ÄÖÜ" and runeLen("straße") == 6)

for (name, area) in {"processes": processes, "sockets": sockets, "clocks": clocks, "files": files,
                     "environment": environment, "numbers": numbers, "user": user, "text": text}:
  area()
  echo name, " ok"
echo "done"
