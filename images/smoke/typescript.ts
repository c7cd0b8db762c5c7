// The recipe's compiler makes ES5 and has no declarations of Node's modules, so that they come in untyped.
declare const require: any, process: any;

(function () {
    const assert = require("assert");
    const childProcess = require("child_process");
    const crypto = require("crypto");
    const fs = require("fs");
    const http = require("http");
    const os = require("os");
    const workers = require("worker_threads");

    type Area = (done: () => void) => void;

    const areas: { [name: string]: Area } = {
        threads(done) {
            const worker = new workers.Worker("require('worker_threads').parentPort.postMessage(42)", { eval: true });
            worker.once("message", (answer: number) => {
                assert.strictEqual(answer, 42);
                done();
            });
        },
        processes(done) {
            assert.strictEqual(childProcess.execSync("cat", { input: "text" }).toString(), "text");
            childProcess.spawn("sh", ["-c", "exit 3"]).once("exit", (code: number) => {
                assert.strictEqual(code, 3);
                done();
            });
        },
        sockets(done) {
            const server = http.createServer((request: any, response: any) => response.end("hello"));
            server.listen(0, "127.0.0.1", () => {
                http.get({ host: "127.0.0.1", port: server.address().port }, (response: any) => {
                    response.once("data", (text: any) => {
                        assert.strictEqual(String(text), "hello");
                        server.close();
                        done();
                    });
                });
            });
        },
        clocks(done) {
            const before = Date.now();
            assert(new Date().getFullYear() > 2020);
            setTimeout(() => {
                assert(Date.now() - before >= 9);
                done();
            }, 10);
        },
        files(done) {
            fs.writeFileSync("/tmp/one", "one\ntwo\n");
            fs.symlinkSync("/tmp/one", "link");
            assert.strictEqual(fs.readFileSync("link", "utf8").split("\n").length, 3);
            fs.rename("/tmp/one", "/tmp/two", done);
        },
        environment(done) {
            process.env.NAME = "value";
            assert.strictEqual(childProcess.execSync("printf $NAME").toString(), "value");
            assert.strictEqual(process.env.HOME, process.cwd());
            done();
        },
        numbers(done) {
            assert(Math.abs(Math.sin(Math.PI / 2) - 1) < 1e-9);
            assert.strictEqual(crypto.randomBytes(8).length, 8);
            done();
        },
        user(done) {
            assert.strictEqual(os.userInfo().homedir, process.env.HOME);
            done();
        },
        text(done) {
            assert.strictEqual("straße".toUpperCase(), "STRASSE");
            done();
        },
    };

    function run(names: string[]): void {
        if (names.length === 0) {
            console.log("done");
            process.exit(0);
        }
        areas[names[0]](() => {
            console.log(names[0], "ok");
            run(names.slice(1));
        });
    }

    run(Object.keys(areas));
})();
