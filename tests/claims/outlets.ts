/**
 * Where the producers of bpf/producers.bpf.c send to: rings in the CPUs' slots,
 * or the CPUs' perf events.
 *
 * Their memory is ffi/mapped_ring.ts and ffi/perf_event.ts, which mod.ts does not
 * hand on: it is to be emptied without a callback for each event.
 *
 * @module
 */

import { possibleCpus } from "../../ffi/cpu.ts";
import type { MappedRing } from "../../ffi/mapped_ring.ts";
import { PerfEvent } from "../../ffi/perf_event.ts";
import { BpfObject, type BpfProgram } from "../../mod.ts";
import type { Lab } from "../claim.ts";
import { putFd } from "./fd_slot.ts";
import { mapRing } from "./map_ring.ts";

/** Pages of each perf buffer: room for all that a producer sends. */
const pages = 128;

/** Of each CPU: the ring in its slot, or its perf event. */
export type Places =
  readonly (readonly [cpu: number, "low" | "high" | "perf"])[];

/** The loaded half of the object with what it sends to. */
export class Outlets implements Disposable {
  readonly #undo: DisposableStack;
  readonly #rings: MappedRing[] = [];
  readonly #events: PerfEvent[] = [];
  readonly #object: BpfObject;
  /** Sends one event from the CPU it runs on. */
  readonly program: BpfProgram;

  /** All places are of one transport. */
  constructor(lab: Lab, places: Places) {
    using undo = new DisposableStack();
    const perf = places.some(([, place]) => place === "perf");
    this.#object = undo.use(BpfObject.open(lab.object("producers")));
    this.program = load(this.#object, perf ? "send_perf" : "send_ring");
    for (const [cpu, place] of places) {
      const outlet = place === "perf"
        ? undo.use(new PerfEvent({ cpu, pages, wakeupEvents: 1 << 30 }))
        : this.#object.map(place);
      if (outlet instanceof PerfEvent) this.#events.push(outlet);
      const slots = this.#object.map(perf ? "events_perf" : "rings");
      putFd(slots, cpu, outlet.fd);
    }
    for (const ring of perf ? [] : ["low", "high"]) {
      this.#rings.push(undo.use(mapRing(this.#object.map(ring))));
    }
    this.#undo = undo.move();
  }

  /** Closes all of it. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  /** Gives all room back to the producers. */
  empty(): void {
    for (const ring of this.#rings) ring.consumer = ring.producer;
    for (const event of this.#events) event.consume();
  }

  /** How many rings or perf buffers hold something. */
  filled(): number {
    const rings = this.#rings.filter((ring) => ring.consumer < ring.producer);
    const buffers = this.#events.filter(({ head, tail }) => tail < head);
    return rings.length + buffers.length;
  }

  /** How many events a CPU has sent. */
  sent(cpu: number): number {
    const bytes = this.#object.map("sent").lookup(0);
    return Number(new BigUint64Array(bytes.buffer)[cpu]);
  }
}

/** Loads one program and the maps that it needs. */
function load(
  object: BpfObject,
  program: "send_ring" | "send_perf",
): BpfProgram {
  const perf = program === "send_perf";
  object.map("rings").maxEntries = possibleCpus();
  object.program(perf ? "send_ring" : "send_perf").autoload = false;
  const others = perf ? ["low", "high", "rings"] : ["events_perf"];
  for (const other of others) object.map(other).autocreate = false;
  object.load();
  return object.program(program);
}
