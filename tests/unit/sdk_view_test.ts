/**
 * Views: events that are read where they lie.
 *
 * @module
 */

import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Loan, Sample } from "../../ffi/sample.ts";
import { Btf } from "../../sdk/btf.ts";
import { eventViewer } from "../../sdk/decode.ts";
import type { Viewer } from "../../sdk/event_view.ts";
import { BtfWriter } from "./btf_writer.ts";

type Event = { readonly pid: number; readonly name: string };

const late = /Cannot read a borrowed sample: it was lent until its callback/;

/** A viewer of `struct event { u32 pid; char name[4]; }`. */
function viewer(): Viewer {
  const btf = new BtfWriter();
  const name = btf.array(btf.int("char", 1, { signed: true }), 4);
  const event = btf.struct("event", 8, [
    { name: "pid", type: btf.int("u32", 4, { signed: false }), offset: 0 },
    { name: "name", type: name, offset: 4 },
  ]);
  return eventViewer(Btf.parse(btf.bytes()), event);
}

/** Two records in a row, which are lent. */
function records(): {
  lend: (at: number) => Sample;
  loan: Loan;
  bytes: Uint8Array;
} {
  const buffer = new ArrayBuffer(16);
  new Uint32Array(buffer).set([7, 0, 9, 0]);
  const bytes = new Uint8Array(buffer);
  bytes.set(new TextEncoder().encode("sh"), 4);
  bytes.set(new TextEncoder().encode("deno"), 12);
  const [loan, view] = [new Loan(), new DataView(buffer)];
  return { lend: (at) => new Sample(loan, view, at, 8), loan, bytes };
}

describe("a view", () => {
  it("is one object for all records, and each field is read when asked for", () => {
    const [view, { lend, bytes }] = [viewer(), records()];
    const first = view(lend(0)) as Event;
    assert.deepEqual([first.pid, first.name], [7, "sh"]);
    bytes[0] = 8;
    assert.equal(first.pid, 8);
    assert.equal(view(lend(8)), first);
    assert.deepEqual([first.pid, first.name], [9, "deno"]);
  });

  it("throws when its record is not lent any more", () => {
    const [view, { lend, loan }] = [viewer(), records()];
    const event = view(lend(0)) as Event;
    loan.end();
    assert.throws(() => event.pid, late);
    assert.throws(() => event.name, late);
  });

  it("outlives its record under a loan, as an object of its own", () => {
    const [view, { lend, loan, bytes }] = [viewer(), records()];
    const kept = new Loan();
    const [one, two] = [0, 8].map((at) => view(lend(at), kept));
    loan.end();
    bytes.fill(0);
    assert.deepEqual([one, two].map((event) => (event as Event).pid), [7, 9]);
    kept.end();
    assert.throws(() => (one as Event).pid, late);
  });

  it("cannot be written", () => {
    const [view, { lend }] = [viewer(), records()];
    const event = view(lend(0)) as { pid: number };
    assert.throws(() => event.pid = 1, TypeError);
  });
});

describe("a loan", () => {
  it("keeps what it copied apart, however much that is, until it ends", () => {
    const loan = new Loan();
    const bytes = Uint8Array.from({ length: 5000 }, (_, at) => at % 251);
    const view = new DataView(bytes.buffer);
    const sizes = [0, 1, 3, 4, 7, 8, 24, 127, 128, 129, 1000, 3000, 4999];
    for (let round = 0; round < 3; round++) {
      const kept = sizes.map((size) =>
        new Sample(new Loan(), view, 1, size).keep(loan)
      );
      kept.forEach((one, i) => {
        const size = sizes[i] as number;
        assert.deepEqual(one.copy(), bytes.slice(1, 1 + size));
      });
      loan.end();
      for (const one of kept) assert.throws(() => one.copy(), late);
    }
  });
});
