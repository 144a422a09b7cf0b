/**
 * A ring whose producer does one helper call at a time: bpf/ring.bpf.c and the
 * reader beside it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { BpfObject, RingBuffer } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { wakeup } from "./ring_flags.ts";

/** What a program is told, by struct control's fields. */
export interface Control {
  readonly size?: number;
  readonly flags?: bigint;
  readonly reserveFlags?: bigint;
  readonly query?: bigint;
  readonly value?: number;
}

/** Answers of the programs: Linux' error numbers. */
export const answer = { again: -11, null: -105, invalid: -22 } as const;

/** What `answer` holds until a program writes it. */
const unanswered = (1n << 64n) - 1n;

/** Bytes of a record's header; each record begins at a multiple of it. */
export const header = 8;

/** A loaded bpf/ring.bpf.c with a reader that keeps what it gets. */
export class RawRing implements Disposable {
  readonly object: BpfObject;
  readonly reader: RingBuffer;
  /** What the reader got so far, a copy of each record. */
  readonly records: Uint8Array<ArrayBuffer>[] = [];

  private constructor(object: BpfObject) {
    this.object = object;
    this.reader = RingBuffer.open(object.map("ring"), (sample) => {
      this.records.push(sample.copy());
    });
  }

  /**
   * Loads the object with a ring of `pages` pages. The program `hold` and what
   * it needs are large; they are loaded where they are asked for.
   */
  static open(lab: Lab, { pages = 1, hold = false } = {}): RawRing {
    const object = BpfObject.open(lab.object("ring"));
    try {
      const ring = object.map("ring");
      ring.maxEntries = ring.maxEntries * pages;
      if (!hold) {
        object.program("hold").autoload = false;
        object.map("ballast").autocreate = false;
        object.map("handshake").autocreate = false;
      }
      object.load();
      return new RawRing(object);
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Closes the reader and the object. */
  [Symbol.dispose](): void {
    this.reader.close();
    this.object.close();
  }

  /** Size of the ring, bytes. */
  get size(): number {
    return this.object.map("ring").maxEntries;
  }

  /** Runs one program with these orders; answers what it returned. */
  run(program: string, control: Control = {}): number {
    const orders = new BigUint64Array([
      BigInt(control.size ?? 0),
      control.flags ?? wakeup.none,
      control.reserveFlags ?? 0n,
      control.query ?? 0n,
      BigInt(control.value ?? 0),
      unanswered,
    ]);
    this.object.map("control").update(0, new Uint8Array(orders.buffer));
    return this.object.program(program).testRun().result;
  }

  /** Submits one record with these flags; throws if there is no room for it. */
  submit(flags: bigint): void {
    assert.equal(this.run("submit", { flags, value: 1 }), 0);
  }

  /** What bpf_ringbuf_query() answers in the kernel. */
  ask(flag: bigint): number {
    assert.equal(this.run("query", { query: flag }), 0);
    return this.answer();
  }

  /** The answer that the last program left. */
  answer(): number {
    const words = this.object.map("control").lookup(0);
    const answer = new BigUint64Array(words.buffer)[5];
    assert.notEqual(answer, unanswered, "the program wrote no answer");
    return Number(answer);
  }

  /** Drains; answers what came, read as 64-bit numbers. */
  take(): number[] {
    this.reader.consume();
    return this.records.splice(0)
      .map((bytes) => Number(new BigUint64Array(bytes.buffer)[0]));
  }
}
