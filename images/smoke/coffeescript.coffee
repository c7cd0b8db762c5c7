assert = require "assert"
childProcess = require "child_process"
crypto = require "crypto"
fs = require "fs"
http = require "http"
os = require "os"
{ Worker } = require "worker_threads"

event = (emitter, name) -> new Promise (resolve, reject) ->
    emitter.once name, resolve
    emitter.once "error", reject

areas =
    threads: ->
        worker = new Worker "require('worker_threads').parentPort.postMessage(42)", eval: true
        assert.strictEqual (await event worker, "message"), 42
    processes: ->
        assert.strictEqual childProcess.execSync("cat", input: "text").toString(), "text"
        assert.strictEqual (await event childProcess.spawn("sh", ["-c", "exit 3"]), "exit"), 3
    sockets: ->
        server = http.createServer (request, response) -> response.end "hello"
        server.listen 0, "127.0.0.1"
        await event server, "listening"
        response = await fetch "http://127.0.0.1:#{server.address().port}/"
        assert.strictEqual (await response.text()), "hello"
        server.close()
    clocks: ->
        before = process.hrtime.bigint()
        await new Promise (resolve) -> setTimeout resolve, 10
        assert process.hrtime.bigint() - before > 8000000n
        assert new Date().getFullYear() > 2020
    files: ->
        await fs.promises.writeFile "/tmp/one", "ä".repeat 1000
        fs.symlinkSync "/tmp/one", "link"
        assert.strictEqual fs.readFileSync("link", "utf8").length, 1000
        fs.renameSync "/tmp/one", "/tmp/two"
    environment: ->
        process.env.NAME = "value"
        assert.strictEqual childProcess.execSync("printf $NAME").toString(), "value"
        assert.strictEqual process.env.HOME, process.cwd()
    numbers: ->
        assert Math.abs(Math.sin(Math.PI / 2) - 1) < 1e-9
        assert.strictEqual crypto.randomBytes(8).length, 8
    user: -> assert.strictEqual os.userInfo().homedir, process.env.HOME
    text: -> assert.strictEqual "straße".toUpperCase(), "STRASSE"

do ->
    for name, area of areas
        await area()
        console.log name, "ok"
    console.log "done"
    process.exit 0
