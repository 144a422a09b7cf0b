/**
 * What users and guests write: the wire, the command line, addresses, reports.
 *
 * @module
 */

import assert from "node:assert/strict";
import { compareVersions } from "../../../kernels/deb_version.ts";
import { lines, LineTooLong } from "../../../kernels/lines.ts";
import { compareRpmVersions } from "../../../kernels/rpm_version.ts";
import { matchesGlob } from "../../../kernels/select.ts";
import { parseUrlSource } from "../../../kernels/url_source.ts";
import { UsageError } from "../../../kernels/usage_error.ts";
import { readLocalOptions, readOptions } from "../../options.ts";
import { allFormats } from "../../report/formats.ts";
import { jsonReport } from "../../report/json.ts";
import { parseResults } from "../../report/read.ts";
import { seedsOf } from "../seeds.ts";
import type { Dice } from "../../unit/dice.ts";
import { Ledger } from "../../spent.ts";
import { encode, parse } from "../../wire.ts";
import {
  bytes,
  chunked,
  declared,
  isOneOf,
  type Target,
  text,
} from "../target.ts";

const isUsage = isOneOf(UsageError);

/** Longest line of the wire that the test allows, bytes. */
const longestLine = 1 << 16;

/** Longest glob that is tried, letters: stars take time by the product of both. */
const longestGlob = 4096;

/** Brackets within brackets: what recursion ends at. */
function nested(dice: Dice, within: string): string {
  const depth = 1 + dice.below(1 << 14);
  const [open, close] = dice.one(2) ? ["[", "]"] : ['{"a":', "}"];
  const deep = open.repeat(depth) + "1" + close.repeat(depth);
  return within.replace("?", deep);
}

/** Messages with a place where anything may stand. */
const messages = [
  '{"wire":1,"type":?}',
  '{"wire":?}',
  "?",
  '{"wire":1,"type":"bye","x":?}',
  '{"wire":1,"type":"transport","transport":?,"reason":""}',
  '{"wire":1,"type":"end","id":"U1","verdict":?,"ms":1,"evidence":{}}',
  '{"wire":1,"type":"end","id":"U1","verdict":"holds","ms":1,"evidence":{"a":?}}',
  encode({ type: "bye", spent: new Ledger().spent })
    .replace('"logMs"', '"x":?,"logMs"'),
];

const wire: Target = {
  name: "wire",
  words: [
    ...['{"wire":1,', '"type":"end"', '"verdict":"holds"', '"evidence":{}'],
    ...['"__proto__":{}', '"ms":1e400', "\n", "\\u0000", '"id":"U1"', "null"],
  ],
  generate: (dice) =>
    bytes(nested(dice, messages[dice.below(messages.length)] ?? "?")),
  async run(input): Promise<void> {
    const stream = ReadableStream.from(chunked(input));
    await declared(isOneOf(LineTooLong), async () => {
      for await (const line of lines(stream, longestLine)) {
        const parsed = parse(line);
        if (parsed.is === "garbage") continue;
        const { message } = parsed;
        const again = parse(encode(message).trimEnd());
        assert.deepEqual(again, { is: "message", message });
        JSON.stringify(message, undefined, 2); // As a report does, which recurses.
      }
    });
  },
};

/** The words of a command line stand on a line each. */
const options: Target = {
  name: "options",
  words: [
    ...["--kernel\n", "--kernel=a=b\n", "--claim\n", "--\n", "--no-strict\n"],
    ...["--report\n", "json=x\n", "--shard\n1/2\n", "--cpus=0x10\n", "-h\n"],
    ...["--jobs\n1e3\n", "--mirror\ndebian=http://x\n", "--__proto__=1\n", "="],
    ...[
      "--constructor\n",
      "--list=false\n",
      "--timeout\n",
      "-k\n",
      "--__proto__.x=1\n",
    ],
  ],
  async run(input): Promise<void> {
    const argv = text(input).split("\n");
    for (const read of [readOptions, readLocalOptions]) {
      await declared(isUsage, () => read(argv));
    }
    const read = await declared(isUsage, () => readOptions(argv));
    if (read === undefined) return;
    assert.ok(Number.isSafeInteger(read.cpus) && read.cpus >= 1);
    assert.ok(Number.isSafeInteger(read.timeoutMs) && read.timeoutMs > 0);
    assert.ok(read.kernels.every((kernel) => kernel !== ""));
    assert.equal(({} as { x?: number }).x, undefined);
  },
};

const address: Target = {
  name: "address",
  words: ["https://x/", "#sha256=", "0".repeat(64), "%", "@", "*", "?", "~1:"],
  async run(input): Promise<void> {
    const written = text(input);
    const found = await declared(isUsage, () => parseUrlSource(written));
    if (found !== undefined) assert.ok(URL.canParse(found.url));
    const [one = "", other = ""] = written.split("\n");
    assert.ok(matchesGlob(one, one.replaceAll(/[^?]/gu, "?")));
    matchesGlob(one.slice(0, longestGlob), other.slice(0, longestGlob));
    for (const compare of [compareVersions, compareRpmVersions]) {
      const order = Math.sign(compare(one, other));
      assert.equal(Math.sign(compare(other, one)), order === 0 ? 0 : -order);
      assert.equal(compare(one, one), 0);
    }
  },
};

const report: Target = {
  name: "report",
  words: [
    ...['"schema":"ringside/1"', '"kernels":[', '"claims":[', "null", "{}"],
    ...['"evidence":{}', '"state":"ran"', '"timings":null', '"started":"x"'],
    ...[
      '"lost"',
      '"fails"',
      '"none"',
      '"unavailable"',
      '"this-kernel"',
      "1e999",
    ],
  ],
  generate(dice): ReturnType<typeof bytes> {
    const [seed = new Uint8Array()] = seedsOf("report");
    const at = dice.one(2) ? '"evidence":{' : '"kernels":[{';
    return bytes(nested(dice, text(seed).replace(at, `${at}"odd":?,`)));
  },
  async run(input): Promise<void> {
    const results = await declared(
      isUsage,
      () => parseResults(text(input), "it"),
    );
    if (results === undefined) return;
    for (const { write } of Object.values(allFormats)) {
      await write(results, results);
    }
    parseResults(jsonReport(results), "what was made of it");
  },
};

/** All of them. */
export const words: readonly Target[] = [wire, options, address, report];
