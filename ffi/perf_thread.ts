/**
 * A thread of its own that takes the samples of one perf event.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import type { PerfEvent } from "./perf_event.ts";

/** Where threads meet: each is held behind its first sample until the gate is opened. */
export class Gate {
  /** How many threads are held, whether the gate is open, and 0 to sleep on. */
  readonly words = new Int32Array(new SharedArrayBuffer(12));

  /** Threads that have come to it so far. */
  get held(): number {
    return Atomics.load(this.words, 0);
  }

  /** Lets all go on. */
  open(): void {
    Atomics.store(this.words, 1, 1);
  }
}

/** What a thread is told: memory that it shares with its maker. */
interface Order {
  /** The event's buffer: its control page, then its data. */
  readonly address: bigint;
  readonly length: number;
  readonly page: number;
  /** How many samples have been taken, then the first 64 bits of each. */
  readonly taken: BigUint64Array<SharedArrayBuffer>;
  readonly gate: Int32Array<SharedArrayBuffer>;
  /** Whether it is to end, and whether it has ended. */
  readonly end: Int32Array<SharedArrayBuffer>;
}

/** The longest wait for a thread's end, ms; it looks every millisecond. */
const patienceMs = 5000;

/**
 * Takes samples from a perf event, one by one, in a Worker; it ends with a
 * given number of them. Close it before the event.
 */
export class PerfThread implements Disposable {
  readonly #worker: Worker;
  readonly #taken: BigUint64Array<SharedArrayBuffer>;
  readonly #end = new Int32Array(new SharedArrayBuffer(8));
  #failure: string | undefined;

  /** The thread starts where its maker may run. */
  constructor(event: PerfEvent, gate: Gate, count: number) {
    this.#taken = new BigUint64Array(new SharedArrayBuffer(8 * (1 + count)));
    // A program that is one bundled file has no second module to load.
    const source = `onmessage = ({ data }) => (${takeSamples})(data);`;
    const url = URL.createObjectURL(
      new Blob([source], { type: "text/javascript" }),
    );
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onerror = (failure) => {
      failure.preventDefault();
      this.#failure = failure.message;
    };
    const order: Order = {
      ...event.memory,
      ...{ taken: this.#taken, gate: gate.words, end: this.#end },
    };
    this.#worker.postMessage(order);
    URL.revokeObjectURL(url);
  }

  /** Ends the thread; it touches the event no more when this returns. */
  close(): void {
    Atomics.store(this.#end, 0, 1);
    // Worker.terminate() does not wait, and the event is unmapped soon.
    Atomics.wait(this.#end, 1, 0, patienceMs);
    this.#worker.terminate();
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The first 64 bits of each sample so far. */
  get taken(): bigint[] {
    if (this.#failure !== undefined) {
      throw new BpfError("take samples on a thread", { cause: this.#failure });
    }
    const count = Number(Atomics.load(this.#taken, 0));
    return [...this.#taken.subarray(1, 1 + count)];
  }
}

/** What the Worker runs: its source is all that it has, so it names nothing from outside. */
function takeSamples(order: Order): void {
  const { address, length, page, taken, gate, end } = order;
  const goesOn = (): boolean => Atomics.load(end, 0) === 0;
  const sleep = (): string => Atomics.wait(gate, 2, 0, 1);
  try {
    const memory = Deno.UnsafePointerView.getArrayBuffer(
      Deno.UnsafePointer.create(address) as NonNullable<Deno.PointerValue>,
      length,
    );
    // struct perf_event_mmap_page: data_head at 1024, data_tail at 1032.
    const positions = new BigUint64Array(memory, 1024, 2);
    const data = new Uint32Array(memory, page);
    for (let count = 1; count < taken.length && goesOn(); count++) {
      const tail = Atomics.load(positions, 1);
      while (goesOn() && Atomics.load(positions, 0) === tail) sleep();
      if (!goesOn()) return;
      // struct perf_event_header: type, misc and size; then the raw sample's size.
      const [type = 0, size = 0, , low = 0, high = 0] = [0, 1, 2, 3, 4]
        .map((word) => data[(Number(tail) / 4 + word) % data.length]);
      if (type !== 9) throw new Error(`a record of type ${type} is no sample`);
      taken[count] = BigInt(high) << 32n | BigInt(low);
      Atomics.store(positions, 1, tail + BigInt(size >>> 16));
      Atomics.store(taken, 0, BigInt(count));
      if (count === 1) Atomics.add(gate, 0, 1);
      while (goesOn() && Atomics.load(gate, 1) === 0) sleep();
    }
  } finally {
    Atomics.store(end, 1, 1);
    Atomics.notify(end, 1);
  }
}
