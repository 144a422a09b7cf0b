/**
 * What the program counted: struct ringside_count of ringside.bpf.h.
 *
 * @module
 */

import { littleEndian as little } from "../ffi/byte_order.ts";
import { mapType } from "../ffi/bpf_syscall.ts";
import { type KernelMap, knownMap } from "../ffi/kernel_map.ts";
import type { Channel } from "./port.ts";

/** The fields that are counters, in their order. */
export const counters = [
  ...["attempted", "accepted", "discarded", "full", "noSlot", "refused"],
] as const;

/** struct ringside_count, summed over CPUs. */
export type Count = Readonly<
  Record<
    "attempted" | "accepted" | "discarded" | "full" | "noSlot" | "refused",
    number
  >
>;

/** Where the field `every` stands among the words of an entry. */
const everyAt = counters.length;

const first = new Uint8Array(4);

/** The account of one stream, on all CPUs or on some, from the time on when it was opened. */
export class Account implements Disposable {
  readonly #map: KernelMap;
  readonly #cpus: readonly number[] | undefined;
  readonly #carried: BigInt64Array<SharedArrayBuffer> | undefined;
  readonly #began: Count;

  /**
   * The account of a stream on `cpus`, on all if they are not given. `carried`
   * is what the former readers of a ring have accounted for: a ring keeps what
   * is sent while nobody reads, and the next reader takes it.
   */
  constructor(
    channel: Channel,
    cpus: readonly number[] | undefined,
    carried?: BigInt64Array<SharedArrayBuffer>,
  ) {
    const { name, countFd, countBytes: valueSize } = channel;
    using undo = new DisposableStack();
    this.#map = undo.use(knownMap(countFd, {
      ...{ name: `${name}_count`, type: mapType.percpuArray },
      ...{ keySize: 4, valueSize, maxEntries: 1 },
    }));
    this.#cpus = cpus;
    this.#carried = carried;
    this.#began = carried === undefined
      ? this.#sums()
      : countOf((word) => Number(carried[word]));
    undo.move();
  }

  /** Closes the map's descriptor. */
  [Symbol.dispose](): void {
    this.#map[Symbol.dispose]();
  }

  /**
   * Reads it. An event that was under way when the account was opened was
   * attempted since: what had begun by then is what had come to an end.
   */
  read(): Count {
    const { attempted: _, ...ended } = this.#began;
    const began = Object.values(ended).reduce((total, one) => total + one, 0);
    const now = this.#sums();
    const entries = counters.map((name) => [
      name,
      now[name] - (name === "attempted" ? began : ended[name]),
    ]);
    return Object.fromEntries(entries) as Count;
  }

  /** Leaves to the next reader of a ring what this one has not `received` of it. */
  carry(received: number): void {
    const sums = this.#sums();
    const accepted = this.#began.accepted + received;
    counters.forEach((name, word) => {
      const value = name === "accepted" ? accepted : sums[name];
      if (this.#carried) this.#carried[word] = BigInt(value);
    });
  }

  #sums(): Count {
    const view = this.#view();
    const { valueSize } = this.#map;
    const cpus = this.#cpus ??
      Array.from({ length: view.byteLength / valueSize }, (_, cpu) => cpu);
    return countOf((word) =>
      Number(
        cpus.map((cpu) => view.getBigUint64(cpu * valueSize + 8 * word, little))
          .reduce((total, one) => total + one, 0n),
      )
    );
  }

  /** Events of one CPU that were sent to nobody. */
  noSlotOf(cpu: number): bigint {
    const at = cpu * this.#map.valueSize + 8 * counters.indexOf("noSlot");
    return this.#view().getBigUint64(at, little);
  }

  /** Tells the program to wake its reader for one event in `every`; before it runs. */
  set every(every: number) {
    const view = this.#view();
    for (let at = 0; at < view.byteLength; at += this.#map.valueSize) {
      view.setBigUint64(at + 8 * everyAt, BigInt(every), little);
    }
    this.#map.update(first, new Uint8Array(view.buffer));
  }

  #view(): DataView<ArrayBuffer> {
    return new DataView((this.#map.lookup(first) ?? new Uint8Array()).buffer);
  }
}

/** The counters, by the words in which they stand. */
function countOf(word: (index: number) => number): Count {
  const entries = counters.map((name, index) => [name, word(index)]);
  return Object.fromEntries(entries) as Count;
}
