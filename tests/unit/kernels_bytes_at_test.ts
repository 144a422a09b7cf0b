/**
 * The bytes that a file has at an offset, whatever is asked for.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { bytesAt, bytesAtSync, sliceOf } from "../../kernels/bytes_at.ts";
import { Dice } from "./dice.ts";

describe("the bytes of a file at an offset", () => {
  it("are those that are there, and cost no more memory than they have", async () => {
    const dice = new Dice(8);
    const all = dice.bytes(1000);
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, all);
      using file = await Deno.open(path);
      for (let round = 0; round < 500; round++) {
        const at = [dice.below(1100), -1, 2 ** 32, 2 ** 60][dice.below(4)] ?? 0;
        const size = [dice.below(1100), 0, -1, 2 ** 52][dice.below(4)] ?? 0;
        const wanted = at < 0
          ? new Uint8Array()
          : all.slice(at, Math.max(at, at + size));
        assert.deepEqual(await bytesAt(file, at, size), wanted);
        assert.deepEqual(bytesAtSync(file, at, size), wanted);
      }
    } finally {
      await Deno.remove(path);
    }
  });

  it("come in chunks, until somebody has enough of them", async () => {
    const all = new Dice(9).bytes(600_000);
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, all);
      using file = await Deno.open(path);
      const chunks = await Array.fromAsync(sliceOf(file, 7, 599_000));
      assert.ok(chunks.length > 1);
      const had = await new Blob(chunks).bytes();
      assert.deepEqual(had, all.slice(7, 599_000));
      await assert.rejects(
        Array.fromAsync(sliceOf(file, 0, 9, AbortSignal.abort())),
        { name: "AbortError" },
      );
    } finally {
      await Deno.remove(path);
    }
  });
});
