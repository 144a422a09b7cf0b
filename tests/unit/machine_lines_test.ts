/**
 * Lines come out whole however a stream is cut, and never longer than their bound.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { lines, LineTooLong } from "../../kernels/lines.ts";
import { stdoutLines } from "../../kernels/stdout.ts";
import { Dice } from "./dice.ts";

async function gather(
  chunks: readonly Uint8Array[],
  bound = 1000,
): Promise<string[]> {
  return await Array.fromAsync(lines(ReadableStream.from(chunks), bound));
}

function cut(bytes: Uint8Array, dice: Dice): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + dice.below(9);
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}

describe("lines", () => {
  it("are the same however the bytes are cut, also inside a character", async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const dice = new Dice(seed);
      const words = ["", "a", "ünï→", "RS 00 up", "x".repeat(30)];
      const wanted = Array.from(
        { length: 6 },
        () => words[dice.below(words.length)] ?? "",
      );
      const end = dice.below(2) === 0 ? "\n" : "\r\n";
      const bytes = new TextEncoder().encode(
        wanted.map((line) => line + end).join(""),
      );
      assert.deepEqual(
        await gather(cut(bytes, dice)),
        wanted,
        `seed ${seed}`,
      );
    }
  });

  it("end with half a line when the stream does", async () => {
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    assert.deepEqual(await gather([encode("whole\nha"), encode("lf")]), [
      "whole",
      "half",
    ]);
    assert.deepEqual(await gather([]), []);
  });

  it("end with an error, and with what was whole, when one is too long", async () => {
    const chunks = ["fine\n", "x".repeat(600), "x".repeat(600)];
    const got: string[] = [];
    await assert.rejects(async () => {
      const stream = ReadableStream.from(
        chunks.map((text) => new TextEncoder().encode(text)),
      );
      for await (const line of lines(stream, 1000)) got.push(line);
    }, LineTooLong);
    assert.deepEqual(got, ["fine"]);
  });

  it("are too long also where the end comes in the same chunk", async () => {
    const bytes = (count: number): Uint8Array =>
      new TextEncoder().encode("x".repeat(count));
    const end = new TextEncoder().encode("\n");
    const exact = await gather([bytes(600), bytes(400), end]);
    assert.deepEqual(exact, ["x".repeat(1000)]);
    const longer = new TextEncoder().encode(`${"x".repeat(401)}\n`);
    await assert.rejects(gather([bytes(600), longer]), LineTooLong);
    await assert.rejects(gather([bytes(1001), end]), LineTooLong);
  });

  it("lose the returns at their ends, and no time over those within", async () => {
    const inside = "\r".repeat(1 << 20) + "x";
    const bytes = new TextEncoder().encode(`a\r\r\n${inside}\r\n`);
    // By a pattern this took minutes: half of 2^40 steps.
    assert.deepEqual(await gather([bytes], 1 << 21), ["a", inside]);
  });
});

describe("what a program writes", () => {
  /** How many lines are heard of a program that writes this one without end, and why no more. */
  async function heard(line: string): Promise<[number, string]> {
    const bytes = new TextEncoder().encode(`${line}\n`);
    let count = 0;
    const stream = new ReadableStream({
      // It ends where the bound should have long been met.
      pull: (to) =>
        count++ * bytes.length < 32 << 20 ? to.enqueue(bytes) : to.close(),
    });
    let lines = 0;
    try {
      for await (const _ of stdoutLines(stream)) lines++;
      return [lines, ""];
    } catch (error) {
      return [lines, (error as Error).message];
    }
  }

  it("is heard to 8 MiB of bytes, whatever becomes of them", async () => {
    const why = "The program wrote more than 8 MiB to its stdout";
    assert.deepEqual(await heard("x".repeat(1023)), [8192, why]);
    assert.deepEqual(await heard("\r".repeat((1 << 20) - 1)), [8, why]);
    assert.deepEqual(await heard("€".repeat(341)), [8192, why]);
  });
});
