/**
 * What the wire takes and refuses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Json } from "../claim.ts";
import { Ledger } from "../spent.ts";
import { encode, type Message, parse } from "../wire.ts";
import { Dice } from "./dice.ts";

const messages: readonly Message[] = [
  {
    type: "hello",
    release: "6.1.0-44-amd64",
    arch: "x86_64",
    cpus: 2,
    deno: "2.9.6",
    libbpf: "1.1",
  },
  {
    type: "transport",
    transport: "perf",
    reason: "EINVAL: this kernel has no ring buffer",
  },
  { type: "start", id: "R1" },
  {
    type: "end",
    id: "R1",
    verdict: "holds",
    ms: 1.5,
    evidence: { n: [1, null, { deep: "ü\n\u2028" }] },
  },
  {
    type: "end",
    id: "R1",
    verdict: "fails",
    ms: 0,
    why: "1 !== 2\n",
    evidence: {},
  },
  { type: "bye" },
  { type: "bye", spent: new Ledger().spent },
];

function randomText(dice: Dice): string {
  const letters = [
    "a",
    '"',
    "\\",
    "\n",
    "\r",
    "\0",
    "é",
    "→",
    "😀",
    "\u2028",
    "RS ",
    "{",
    "}",
  ];
  return Array.from(
    { length: dice.below(12) },
    () => letters[dice.below(letters.length)],
  ).join("");
}

function randomJson(dice: Dice, depth = 0): Json {
  const kind = dice.below(depth > 3 ? 4 : 6);
  if (kind === 0) return randomText(dice);
  if (kind === 1) return Number(dice.bits(53)) - 2 ** 52;
  if (kind === 2) return dice.below(2) === 0;
  if (kind === 3) return null;
  const parts = Array.from(
    { length: dice.below(4) },
    () => randomJson(dice, depth + 1),
  );
  return kind === 4
    ? parts
    : Object.fromEntries(parts.map((part, at) => [`k${at}`, part]));
}

describe("a nonce", () => {
  it("makes every message one of its run, and of no other", () => {
    for (const message of messages) {
      const text = encode(message, "a").trimEnd();
      assert.deepEqual(parse(text, "a"), { is: "message", message });
      assert.equal(parse(text, "b").is, "garbage");
      assert.equal(parse(text).is, "garbage");
      assert.equal(parse(encode(message).trimEnd(), "a").is, "garbage");
    }
  });
});

describe("the wire", () => {
  it("carries every message there and back in one line", () => {
    for (const message of messages) {
      const line = encode(message);
      assert.equal(line.indexOf("\n"), line.length - 1);
      assert.deepEqual(parse(line.slice(0, -1)), { is: "message", message });
    }
  });

  it("carries any evidence and any reason there and back", () => {
    const dice = new Dice(42);
    for (let round = 0; round < 500; round++) {
      const evidence = { figure: randomJson(dice) };
      const message: Message = {
        ...{ type: "end", id: "Q1", verdict: "fails", ms: round },
        ...{ why: randomText(dice), evidence },
      } as const;
      const line = encode(message);
      assert.equal(line.indexOf("\n"), line.length - 1);
      assert.deepEqual(parse(line.slice(0, -1)), { is: "message", message });
    }
  });

  it("takes no part of a message for a message", () => {
    for (const message of messages) {
      const line = encode(message).slice(0, -1);
      for (let cut = 0; cut < line.length; cut++) {
        assert.equal(
          parse(line.slice(0, cut)).is,
          "garbage",
          line.slice(0, cut),
        );
        assert.equal(
          parse(line.slice(cut + 1)).is,
          "garbage",
          line.slice(cut + 1),
        );
      }
      assert.equal(parse(line + line).is, "garbage");
    }
  });

  it("says of a line that is no message why it is none", () => {
    const why = (text: string): string => {
      const parsed = parse(text);
      return parsed.is === "garbage" ? parsed.why : "a message";
    };
    assert.equal(why(""), "it is not JSON");
    assert.equal(why("null"), "it is not an object");
    assert.equal(why("[1]"), "it is not an object");
    assert.equal(
      why('{"type":"bye"}'),
      "it speaks version undefined of the wire, not 1",
    );
    assert.equal(
      why('{"wire":2,"type":"bye"}'),
      "it speaks version 2 of the wire, not 1",
    );
    assert.equal(why('{"wire":1,"type":"toString"}'), 'its type is "toString"');
    assert.equal(
      why('{"wire":1,"type":"bye","id":"R1"}'),
      'a bye has no field "id"',
    );
    assert.equal(
      why('{"wire":1,"nonce":"a","type":"bye"}'),
      "it is not of this run",
    );
    assert.equal(
      why('{"wire":1,"type":"bye","spent":{"claimsMs":1}}'),
      'the spent of a bye cannot be {"claimsMs":1}',
    );
    const hello = encode({ ...messages[0], cpus: 0 } as Message);
    assert.equal(why(hello), "the cpus of a hello cannot be 0");
    const spent = JSON.stringify({ ...new Ledger().spent, bootMs: 1 });
    assert.equal(
      why(`{"wire":1,"type":"bye","spent":${spent}}`),
      `the spent of a bye cannot be ${spent.slice(0, 80)}…`,
    );
    assert.equal(
      why('{"wire":1,"type":"start"}'),
      "the id of a start cannot be undefined",
    );
    assert.equal(
      why(
        '{"wire":1,"type":"end","id":"R1","verdict":"lost","ms":1,"evidence":{}}',
      ),
      'the verdict of an end cannot be "lost"',
    );
    assert.equal(
      why('{"wire":1,"type":"transport","transport":["ring"],"reason":""}'),
      'the transport of a transport cannot be ["ring"]',
    );
    const list = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    for (
      const [verdict, told] of [
        ['["fails"]', '["fails"]'],
        ['{"toString":1}', '{"toString":1}'],
        [list, "deeper than 64 levels"],
      ]
    ) {
      assert.equal(
        why(
          `{"wire":1,"type":"end","id":"R1","verdict":${verdict},"ms":1,"evidence":{}}`,
        ),
        `the verdict of an end cannot be ${told}`,
      );
    }
  });

  it("takes evidence that a report can walk, and no deeper", () => {
    const end = (levels: number): string =>
      '{"wire":1,"type":"end","id":"R1","verdict":"holds","ms":1,"evidence":' +
      `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;
    assert.equal(parse(end(64)).is, "message");
    for (const levels of [65, 2000, 20_000]) {
      assert.deepEqual(parse(end(levels)), {
        is: "garbage",
        why: "the evidence of an end cannot be deeper than 64 levels",
        text: end(levels),
      });
    }
  });

  it("cuts what it tells of a line", () => {
    const long = "x".repeat(900_000);
    const cut = "x".repeat(79);
    const why = {
      [`{"wire":"${long}"}`]: `it speaks version "${cut}… of the wire, not 1`,
      [`{"wire":1,"type":"${long}"}`]: `its type is "${cut}…`,
      [`{"wire":1,"type":"bye","${long}":1}`]: `a bye has no field "${cut}…`,
      [`{"wire":1,"type":"start","id":["${long}"]}`]:
        `the id of a start cannot be ["${cut.slice(1)}…`,
    };
    for (const [line, told] of Object.entries(why)) {
      const parsed = parse(line);
      assert.ok(parsed.is === "garbage");
      assert.equal(parsed.why, told);
    }
  });
});
