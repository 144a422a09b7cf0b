/**
 * What a process makes of the signals that end it, seen from outside.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "@std/testing/bdd";

/** A command that tidies up for a minute. */
const slow = `
  import { interruption } from ${
  JSON.stringify(import.meta.resolve("../../kernels/interruption.ts"))
};
  const interrupted = interruption();
  interrupted.signal.onabort = () => console.log(interrupted.status);
  console.log("ready");
  setTimeout(() => {}, 60_000);
`;

/** What it says, as it says it. */
async function said(
  reader: ReadableStreamDefaultReader<string>,
): Promise<string | undefined> {
  return (await reader.read()).value?.trim();
}

describe("a command that is told to end", () => {
  it("hears the signals of one second as one, and ends at once for a later one", async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", slow],
      ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    assert.equal(await said(reader), "ready");
    child.kill("SIGINT");
    assert.equal(await said(reader), "130");
    child.kill("SIGINT");
    child.kill("SIGTERM");
    await sleep(1200);
    child.kill("SIGINT");
    const { signal } = await child.status;
    assert.equal(signal, "SIGINT");
    assert.ok((await reader.read()).done);
  });
});
