/**
 * One CPU's perf buffer as the kernel writes it: bpf/perf_sizes.bpf.c and the
 * event beside it.
 *
 * libbpf sets the event's attributes itself and trusts the records' sizes,
 * hence ffi/perf_event.ts, which mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { endianness } from "node:os";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { BpfObject } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { Pinned } from "./burst.ts";
import { putFd } from "./fd_slot.ts";
import { requireTestRun } from "./trigger.ts";

/** Where a record has its size, and where the raw sample in it has its own (linux/perf_event.h). */
const at = { size: 6, sample: 8 } as const;

const little = endianness() === "LE";

/** How a buffer is opened. */
export interface Shape {
  /** Pages of data. */
  readonly pages: number;
  /** Records until the reader is woken; 1 by default. */
  readonly wakeupEvents?: number;
}

/** A record as it stands in the buffer. */
export interface RawRecord {
  /** By how much the head moved. */
  readonly moved: number;
  /** perf_event_header.size */
  readonly size: number;
  /** The size of the raw sample in it: what libbpf hands on. */
  readonly sample: number;
}

/** The producer, pinned to the one CPU whose buffer is open; nothing is ever consumed. */
export class RawPerf implements Disposable {
  readonly #undo: DisposableStack;
  readonly #object: BpfObject;
  /** The event with its buffer. */
  readonly event: PerfEvent;

  private constructor(
    object: BpfObject,
    event: PerfEvent,
    undo: DisposableStack,
  ) {
    this.#object = object;
    this.event = event;
    this.#undo = undo;
  }

  /** Opens a buffer for the lowest CPU. */
  static open(lab: Lab, shape: Shape): RawPerf {
    requireTestRun();
    using undo = new DisposableStack();
    const cpus = undo.use(new Pinned());
    cpus.to(cpus.low);
    const object = undo.use(BpfObject.open(lab.object("perf_sizes")));
    object.load();
    const event = undo.use(new PerfEvent({ cpu: cpus.low, ...shape }));
    putFd(object.map("perf"), cpus.low, event.fd);
    return new RawPerf(object, event, undo.move());
  }

  /** Closes all of it and gives the CPUs back. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  /** Sends `count` events of `size` bytes; answers what the helper said to the last one. */
  send(size: number, count = 1): number {
    const orders = new Uint8Array(new BigUint64Array([BigInt(size)]).buffer);
    this.#object.map("control").update(0, orders);
    return this.#object.program("output").testRun({ repeat: count }).result;
  }

  /** Sends one event; answers the record that it became. */
  record(size: number): RawRecord {
    const from = this.event.head;
    assert.equal(this.send(size), 0, `an event of ${size} bytes is refused`);
    const view = new DataView(this.event.copy(from, 16).buffer);
    return {
      moved: this.event.head - from,
      size: view.getUint16(at.size, little),
      sample: view.getUint32(at.sample, little),
    };
  }
}
