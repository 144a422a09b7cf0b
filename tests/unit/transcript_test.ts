/**
 * What becomes of a row when its guest says this or that.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Claim, claim } from "../claim.ts";
import type { Ending, Heard } from "../errand.ts";
import { Transcript } from "../transcript.ts";
import { encode, type Message, type Told } from "../wire.ts";

const claims: readonly Claim[] = ["R1", "R2", "R3"].map((id) =>
  claim({ id, title: `Sentence ${id}`, source: "a document", prove: () => {} })
);

const hello: Message = {
  ...{
    type: "hello",
    release: "6.1",
    arch: "x86_64",
    cpus: 2,
    deno: "2",
    libbpf: "1.1",
  },
} as const;
const transport: Message = {
  type: "transport",
  transport: "ring",
  reason: "ok",
};
const bye: Message = { type: "bye" };
const start = (id: string): Message => ({ type: "start", id });
const end = (id: string, verdict: Told = "holds", ms = 1): Message => ({
  ...{ type: "end", id, verdict, ms, evidence: {} },
  ...(verdict === "holds" ? {} : { why: "because" }),
});
const both = (id: string): Message[] => [start(id), end(id)];
const whole = [
  hello,
  transport,
  ...both("R1"),
  ...both("R2"),
  ...both("R3"),
  bye,
];

const well: Ending = { is: "exit", code: 0, console: "" };
const panic: Ending = {
  is: "lost",
  why: "The kernel panicked",
  console: "last words",
};

function hear(lines: readonly (Message | string)[], ending: Ending): Heard {
  const transcript = new Transcript(claims);
  for (const line of lines) {
    transcript.line(
      typeof line === "string" ? line : encode(line).slice(0, -1),
    );
  }
  return transcript.end(ending);
}

const verdicts = ({ claims }: Heard): string =>
  claims.map((cell) => cell.verdict).join(" ");

describe("a guest's transcript", () => {
  it("is a row that ran when all was said", () => {
    const heard = hear(whole, well);
    assert.equal(heard.state, "ran");
    assert.equal(heard.transport, "ring");
    assert.equal(verdicts(heard), "holds holds holds");
    assert.ok(
      !("why" in heard) && !("console" in heard) && !("warnings" in heard),
    );
  });

  it("tells which claim runs, and of how many", () => {
    const transcript = new Transcript(claims);
    const step = transcript.line(encode(start("R2")).trimEnd());
    assert.deepEqual(step, { is: "claim", id: "R2", nth: 2, of: 3 });
  });

  it("loses the claim that ran and those after it when the kernel panics", () => {
    const heard = hear([hello, transport, ...both("R1"), start("R2")], panic);
    assert.equal(heard.state, "lost");
    assert.equal(heard.why, "The kernel panicked");
    assert.equal(heard.console, "last words");
    assert.equal(verdicts(heard), "holds lost lost");
    assert.equal(heard.claims[1]?.why, "The kernel panicked");
    assert.equal(heard.claims[2]?.why, "It had not begun. The kernel panicked");
  });

  it("has a cell for every claim of a machine that never said a word", () => {
    assert.equal(verdicts(hear([], panic)), "lost lost lost");
    assert.equal(verdicts(hear([], well)), "lost lost lost");
  });

  it("loses a row that ends without its bye, or with an exit code", () => {
    const early = hear(whole.slice(0, -1), well);
    assert.equal(early.why, "The results channel carried no bye");
    assert.equal(verdicts(early), "holds holds holds");
    const crashed = hear(whole.slice(0, 4), {
      is: "exit",
      code: 139,
      console: "trace",
    });
    assert.equal(
      crashed.why,
      "The guest's program was killed by signal 11 before the end of R2",
    );
    assert.equal(crashed.console, "trace");
    const failed: Ending = { is: "exit", code: 1, console: "" };
    assert.equal(hear(whole, failed).state, "lost");
    assert.match(
      hear(["no such module"], failed).why ?? "",
      /^The guest's program ended with exit code 1 before the hello; it wrote a line that is no message, since .*: "no such module"$/,
    );
  });

  it("keeps little of what a guest says without end", () => {
    const noise = Array.from({ length: 100_000 }, (_, at) => `noise ${at}`);
    const noisy = hear([...noise, ...whole], well);
    assert.equal(noisy.state, "ran");
    assert.equal(noisy.warnings?.length, 11);
    assert.match(noisy.warnings?.at(-1) ?? "", /99990 lines more of that kind/);
    const starts = Array.from({ length: 1000 }, () => start("R1"));
    const heard = hear([hello, transport, ...starts, ...whole.slice(2)], well);
    assert.match(heard.why ?? "", /no end of R1, but more than 18 messages/);
  });

  it("keeps the console of a machine on which something failed", () => {
    const failed = end("R2", "fails");
    const lines = whole.map((message) =>
      message.type === "end" && message.id === "R2" ? failed : message
    );
    const ending = { is: "exit", code: 0, console: "a splat" } as const;
    assert.equal(hear(lines, ending).state, "ran");
    assert.equal(hear(lines, ending).console, "a splat");
    assert.equal(hear(whole, ending).console, undefined);
  });

  it("keeps a failure that was told before the machine was lost", () => {
    const heard = hear([
      hello,
      transport,
      start("R1"),
      end("R1", "fails"),
      start("R2"),
    ], panic);
    assert.equal(verdicts(heard), "fails lost lost");
  });

  it("warns of a stray line when nothing is missing", () => {
    const heard = hear([
      ...whole.slice(0, 3),
      "Segmentation fault?",
      ...whole.slice(3),
    ], well);
    assert.equal(heard.state, "ran");
    assert.deepEqual(heard.warnings, [
      'The results channel carried a line that is no message, since it is not JSON: "Segmentation fault?"',
    ]);
  });

  it("loses the row and the claim whose end became garbage", () => {
    const heard = hear([
      ...whole.slice(0, 5),
      '{"wire":1,"typ',
      ...whole.slice(6),
    ], well);
    assert.equal(heard.state, "lost");
    assert.match(
      heard.why ?? "",
      /^The results channel carried no end of R2, but a line that is/,
    );
    assert.equal(verdicts(heard), "holds lost holds");
  });

  it("warns of a message that came twice in the same words", () => {
    const heard = hear([...whole.slice(0, 4), ...whole.slice(3)], well);
    assert.equal(heard.state, "ran");
    assert.deepEqual(heard.warnings, [
      "The results channel carried the end of R1 twice",
    ]);
  });

  it("loses the row and the claim that ended in two ways", () => {
    const heard = hear([
      ...whole.slice(0, 4),
      end("R1", "fails"),
      ...whole.slice(4),
    ], well);
    assert.equal(heard.state, "lost");
    assert.equal(
      heard.why,
      "The results channel carried the end of R1 in two ways",
    );
    assert.equal(verdicts(heard), "lost holds holds");
  });

  it("loses the row when the guest names a claim that nobody asked for", () => {
    const heard = hear(
      [...whole.slice(0, 2), ...both("X9"), ...whole.slice(2)],
      well,
    );
    assert.equal(heard.state, "lost");
    assert.equal(
      heard.why,
      'The results channel carried a claim that is not in the list: "X9"',
    );
    assert.equal(verdicts(heard), "holds holds holds");
  });

  it("loses it whatever the claim is called, and tells no more of that than a line", () => {
    for (const id of ["Z9 R1", "hello", "bye", "", "Z".repeat(900_000)]) {
      const stranger = [start(id), end(id), end(id)];
      const heard = hear([...whole, ...stranger], well);
      assert.equal(heard.state, "lost", id.slice(0, 9));
      assert.match(heard.why ?? "", /^The .* not in the list: ".{0,81}"$/);
      assert.equal(heard.warnings, undefined);
      assert.equal(verdicts(heard), "holds holds holds");
    }
  });

  it("loses a row that speaks another version of the wire", () => {
    const heard = hear(
      whole.map((message) => encode(message).replace('"wire":1', '"wire":2')),
      well,
    );
    assert.equal(heard.state, "lost");
    assert.match(
      heard.why ?? "",
      /no hello, but a line .* version 2 of the wire, not 1/,
    );
    assert.equal(verdicts(heard), "lost lost lost");
  });

  it("takes an end without its start, and says so", () => {
    const heard = hear(whole.filter((_, at) => at !== 2), well);
    assert.equal(heard.state, "ran");
    assert.deepEqual(heard.warnings, [
      "The results channel carried the end of R1 without its start",
    ]);
  });

  it("leaves no cell blank whatever line is lost, doubled or cut", () => {
    const lines = whole.map((message) => encode(message).trimEnd());
    for (let at = 0; at < lines.length; at++) {
      const variants = [
        lines.filter((_, other) => other !== at),
        lines.flatMap((line, other) => other === at ? [line, line] : [line]),
        lines.map((line, other) => other === at ? line.slice(0, 9) : line),
        lines.slice(0, at),
      ];
      for (const ending of [well, panic]) {
        for (const variant of variants) {
          const heard = hear(variant, ending);
          assert.deepEqual(heard.claims.map((cell) => cell.id), [
            "R1",
            "R2",
            "R3",
          ]);
          const lost = heard.claims.filter((cell) => cell.verdict === "lost");
          assert.ok(
            lost.length === 0 || heard.state === "lost",
            "a lost cell in a row that ran",
          );
          for (const cell of lost) {
            assert.ok(cell.why, "a lost cell without a reason");
          }
        }
      }
    }
  });
});
