#!/usr/bin/env node
// run.mjs IMAGE LANGUAGE FILE: runs the file and prints what it printed.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { argv, env, exit, stderr, stdout } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const TRIES = 5;
const TIMEOUT_MS = 60_000;

/** What the program in the container printed. Throws an Error with the daemon's message if there is nothing. */
async function run(image, payload) {
  for (let tries = 1; ; ++tries) {
    const answer = await fetch(`${env.DOCKER_RUN_URL}/run`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Access-Token": env.DOCKER_RUN_TOKEN },
      body: JSON.stringify({ image, payload }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await answer.json();
    if (answer.ok) return body;
    if (answer.status !== 503 || tries === TRIES) throw new Error(body.message);
    await sleep(1000 * Number(answer.headers.get("Retry-After")));
  }
}

const [image, language, file] = argv.slice(2);
try {
  const files = [{ name: basename(file), content: await readFile(file, "utf8") }];
  const result = await run(image, { language, files });
  stdout.write(result.stdout);
  stderr.write(result.stderr);
  process.exitCode = result.error ? 1 : 0;
} catch (error) {
  stderr.write(`${error.message}\n`);
  exit(1);
}
