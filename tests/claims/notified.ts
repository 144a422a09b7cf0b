/**
 * A consumer here, which sleeps until notified, and bpf/notified.bpf.c elsewhere.
 *
 * libbpf's perf_buffer notifies of every event, hence ffi/perf_event.ts, which
 * mod.ts does not hand on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Epoll, ready } from "../../ffi/epoll.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { BpfObject, RingBuffer, type Transport } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { method } from "./cost.ts";
import { install } from "./half.ts";
import { Ongoing } from "./ongoing.ts";
import { Apart } from "./pool.ts";
import { requireTestRun } from "./trigger.ts";

/** The longest sleep of the consumer, ms. */
const sleepMs = 5;

/** Starts of the producer; each one pins the threads that there are. */
const mostTurns = 16;

/** Sleeps until notified, then takes what there is. */
type Consumer = () => void;

/** One half of the object; its consumer is on the low CPU, its producer on the high one. */
export class Notified implements Disposable {
  readonly #undo: DisposableStack;
  readonly #object: BpfObject;
  readonly #transport: Transport;
  readonly #apart: Apart;

  /** From now on this thread runs on the low CPU. */
  constructor(lab: Lab, transport: Transport) {
    requireTestRun();
    using undo = new DisposableStack();
    this.#transport = transport;
    this.#object = undo.use(BpfObject.open(lab.object("notified")));
    const loser = transport === "ring" ? "perf" : "ring";
    this.#object.program(`send_${loser}`).autoload = false;
    this.#object.map(`events_${loser}`).autocreate = false;
    this.#object.load();
    this.#apart = undo.use(new Apart());
    this.#undo = undo.move();
  }

  /** Closes all of it and gives the CPUs back. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  /** Cost of an event to the producer, ns; its consumer is told of one in `every`, 0: by the ring's rule. */
  async cost(every: number): Promise<number> {
    using undo = new DisposableStack();
    const cpu = this.#apart.elsewhere;
    const consume = this.#transport === "ring"
      ? ringConsumer(this.#object, undo)
      : perfConsumer(this.#object, undo, { cpu, wakeupEvents: every });
    for (let turn = 0; turn < mostTurns; turn++) {
      this.#apart.part();
      const ns = await this.#send(every, consume);
      if (this.#told(2) === cpu) return ns;
    }
    throw new Error(`No thread came to CPU ${cpu} in ${mostTurns} turns`);
  }

  /** Mean cost of an event, ns. */
  async #send(every: number, consume: Consumer): Promise<number> {
    const { repeat } = method();
    const notice = new BigUint64Array([BigInt(every), 0n, 0n]);
    this.#object.map("notice").update(0, new Uint8Array(notice.buffer));
    const program = this.#object.program(`send_${this.#transport}`);
    const run = new Ongoing(program.testRunElsewhere({ repeat }));
    while (!run.isOver && this.#told(1) < repeat) {
      consume();
      await setImmediate();
    }
    const { durationNs, result } = await run.result;
    if (this.#told(2) === this.#apart.elsewhere) {
      assert.equal(result, 0, "no room");
    }
    return durationNs;
  }

  /** A word of struct notice. */
  #told(word: number): number {
    const { buffer } = this.#object.map("notice").lookup(0);
    return Number(new BigUint64Array(buffer)[word]);
  }
}

function ringConsumer(object: BpfObject, undo: DisposableStack): Consumer {
  const map = object.map("events_ring");
  const ring = undo.use(RingBuffer.open(map, () => {}));
  return () => void ring.poll(sleepMs);
}

function perfConsumer(
  object: BpfObject,
  undo: DisposableStack,
  options: { readonly cpu: number; readonly wakeupEvents: number },
): Consumer {
  // A buffer that is half full wakes by itself; one measurement takes less.
  const event = undo.use(new PerfEvent({ pages: 32, ...options }));
  const epoll = undo.use(new Epoll());
  epoll.add(event.fd);
  install(object, options.cpu, event.fd);
  return () => {
    ready(epoll.fd, sleepMs);
    event.consume();
  };
}
