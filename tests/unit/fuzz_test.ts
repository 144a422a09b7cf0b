/**
 * Every parser against its seeds and some hundreds of their mutations: what
 * `deno task fuzz` does for as long as it is told to.
 *
 * @module
 */

import { after, before, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openTemporary } from "../../kernels/temporary.ts";
import type { Workshop } from "../../kernels/workshop.ts";
import { seedsOf } from "../fuzz/seeds.ts";
import { minimised } from "../fuzz/minimise.ts";
import { longest, mutate } from "../fuzz/mutate.ts";
import {
  bytes,
  declared,
  isPlain,
  putInputsInto,
  text,
} from "../fuzz/target.ts";
import { targets } from "../fuzz/targets/mod.ts";
import { Dice } from "./dice.ts";

/** Inputs of each target; programs are started for some of them. */
const inputs = 30;

describe("a parser", () => {
  let folder: Workshop;

  before(async () => {
    folder = await openTemporary();
    putInputsInto(folder.path);
  });

  after(() => folder[Symbol.asyncDispose]());

  for (const { name, words, generate, run } of targets) {
    it(`takes or refuses the inputs of "${name}" as it declares`, async () => {
      const seeds = seedsOf(name);
      assert.ok(seeds.length > 0 || generate !== undefined);
      for (const seed of seeds) await run(seed);
      for (let turn = 0; turn < inputs; turn++) {
        const dice = new Dice(turn);
        const from = generate?.(dice) ?? seeds[turn % seeds.length] ??
          bytes("");
        await run(mutate(from, dice, { words, others: seeds }));
      }
    });
  }
});

describe("mutate", () => {
  it("makes the same of the same dice, other inputs of others, none too long", () => {
    const stock = { words: ["word"], others: [bytes("other")] };
    const made = Array.from(
      { length: 300 },
      (_, seed) => mutate(bytes("an input"), new Dice(seed), stock),
    );
    const again = mutate(bytes("an input"), new Dice(7), stock);
    assert.deepEqual(again, made[7]);
    assert.ok(new Set(made.map((input) => text(input))).size > 200);
    assert.ok(made.every(({ length }) => length <= longest));
    mutate(new Uint8Array(), new Dice(1), stock);
  });
});

describe("minimised", () => {
  it("leaves what shows the same, and no more", async () => {
    const least = await minimised(
      bytes("before it, the bad word, and behind it"),
      (smaller) => Promise.resolve(text(smaller).includes("bad")),
    );
    assert.equal(text(least), "bad");
  });
});

describe("declared", () => {
  it("lets an error in words pass, and no slip", async () => {
    const refuse = (): never => {
      throw new Error("It is damaged");
    };
    assert.equal(await declared(isPlain, refuse), undefined);
    await assert.rejects(
      declared(isPlain, () => {
        throw new RangeError("slip");
      }),
      RangeError,
    );
  });
});
