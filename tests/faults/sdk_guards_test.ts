/**
 * Mutated rings and perf buffers, each between pages that nobody may read: a read
 * outside of a buffer ends the process that reads.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Guards, preload } from "./sdk_faults.ts";

/** Buffers of either kind; a million of each were read once. */
const count = 50_000;

async function read(
  guards: Guards,
  buffers: number,
): Promise<Deno.CommandOutput> {
  await using loaded = await preload();
  return await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-config", "--no-lock"],
      fileURLToPath(new URL("sdk_garbage.ts", import.meta.url)),
      ...["--guards", guards, "--count", String(buffers)],
    ],
    env: loaded.env,
  }).output();
}

describe("a buffer of garbage", () => {
  it("is read to its end or refused, and never outside of it", async () => {
    const { success, stdout, stderr } = await read("guarded", count);
    const text = new TextDecoder();
    assert.ok(success, text.decode(stderr));
    const { whole, refused, samples } = JSON.parse(text.decode(stdout));
    assert.ok(whole > count && refused > count, `${whole}, ${refused}`);
    assert.ok(samples > count, `${samples} samples`);
  });

  it("whose last page may not be read ends the process: the guards are there", async () => {
    const { success, signal, code } = await read("cut", 64);
    assert.ok(!success);
    assert.ok(signal === "SIGSEGV" || code === 139, `${signal} ${code}`);
  });
});
