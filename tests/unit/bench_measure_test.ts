/**
 * How the bench asks its two sides, with shell scripts in their places.
 *
 * @module
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import type { Ground } from "../bench/ground.ts";
import { measure, type Measured } from "../bench/measure.ts";
import type { Name } from "../bench/rows.ts";

describe("the bench", () => {
  let folder: string;
  let ground: Ground;

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "ringside-bench-" });
    const script = async (name: string, text: string): Promise<string> => {
      const path = `${folder}/${name}`;
      await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return path;
    };
    const path = `${folder}/ours.ts`;
    await Deno.writeTextFile(path, ours(folder));
    ground = {
      ours: path,
      consumer: await script("consumer", answers(folder)),
      driver: await script("driver", driver(folder)),
      object: "none",
      part: 1,
    };
  });

  after(() => Deno.remove(folder, { recursive: true }));

  const told = (name: string): string[] => {
    const lines = Deno.readTextFileSync(`${folder}/${name}.log`).split("\n");
    Deno.removeSync(`${folder}/${name}.log`);
    return lines.slice(0, -1);
  };

  const once = async (name: Name): Promise<Measured> => {
    const subject = { names: [name], transport: "ring", bytes: 24 } as const;
    const [measured] = await measure(subject, ground, 1);
    return measured as Measured;
  };

  it("warms both sides before the first run, by the same", async () => {
    const { runs } = await once("drain-raw");
    assert.deepEqual(runs, [{ ours: 0, c: 0 }]);
    const [ofOurs, ofC] = [told("ours"), told("consumer")];
    assert.equal(ofC.length, 2);
    assert.deepEqual(ofOurs, ofC);
  });

  it("has no figure of a flood of which nothing was taken, and no rate of it", async () => {
    const { runs } = await once("sustained");
    assert.deepEqual(runs, [{ ours: NaN, c: NaN }]);
    const rates = told("driver").map((words) => words.split(" ").at(-1));
    assert.deepEqual(rates, ["0", "0", "0", "0"]);
  });
});

/** Tells its id, and answers with nothing what it is asked. */
const answers = (folder: string): string =>
  `echo 7
while read line; do
  echo "$line" >> ${folder}/consumer.log
  case "$line" in from*) ;; *) echo 0;; esac
done`;

/** The same of our side. */
const ours = (folder: string): string =>
  `console.log(7);
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
for await (const text of lines) {
  for (const line of text.split("\\n").slice(0, -1)) {
    Deno.writeTextFileSync("${folder}/ours.log", line + "\\n", { append: true });
    if (!line.startsWith("from")) console.log(0);
  }
}`;

/** Sends a hundred events in a millisecond, of which nobody hears. */
const driver = (folder: string): string =>
  `echo "$@" >> ${folder}/driver.log
echo 100 1000000`;
