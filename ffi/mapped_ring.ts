/**
 * A ring buffer's own memory, mapped and read without libbpf.
 *
 * @module
 */

import { pageSize } from "./bpf_syscall.ts";
import type { BufferState } from "./buffer_state.ts";
import { MappedMemory } from "./mapped_memory.ts";
import { Mapping } from "./mapping.ts";
import { drainRing } from "./ring_drain.ts";
import {
  countRecords,
  isBusy,
  type RingMemory,
  ringMemory,
  ringWord,
} from "./ring_records.ts";
import { oldest, snapshotRing } from "./ring_snapshot.ts";
import type { Quota } from "./quota.ts";
import type { SampleSink } from "./sample.ts";
import type { Tally } from "./tally.ts";

/** Which ring to map. */
export interface MappedRingOptions {
  /** The map's descriptor; it is waited on, and has to outlive this. */
  readonly fd: number;
  /** Bytes of the ring: the map's max_entries. */
  readonly size: number;
  /** The map's name, for errors. */
  readonly name: string;
}

/** What refuses the mapping of a ring: nothing of the kernel's own. */
const remedies = {
  EPERM: "allow it in the policy of the security module",
  EINVAL: "name the size that the map has",
};

/** The consumer's page for reading and writing, the producer's and the data for reading. */
export class MappedRing implements Disposable {
  readonly #consumer: Mapping;
  readonly #rest: Mapping;
  readonly #memory: MappedMemory<RingMemory>;
  /** The map's descriptor: poll(2) tells that it holds records, busy ones included. */
  readonly fd: number;
  /** Bytes of the ring. */
  readonly size: number;

  /** Maps the ring. */
  constructor({ fd, size, name }: MappedRingOptions) {
    const page = pageSize();
    this.fd = fd;
    this.size = size;
    const what = `ring "${name}"`;
    this.#consumer = new Mapping(`the consumer page of ${what}`, {
      ...{ fd, offset: 0, length: page },
      ...{ writable: true, remedies },
    });
    try {
      // The data pages are mapped twice in a row.
      this.#rest = new Mapping(`the data of ${what}`, {
        ...{ fd, offset: page, length: page + 2 * size },
        ...{ writable: false, remedies },
      });
    } catch (error) {
      this.#consumer.close();
      throw error;
    }
    const [consumer, rest] = [this.#consumer.memory, this.#rest.memory];
    const memory = ringMemory({ name, size }, consumer, rest);
    this.#memory = new MappedMemory(what, memory);
  }

  /** Unmaps the ring; a second call does nothing. Not from within a sink. */
  close(): void {
    if (!this.#memory.close()) return;
    this.#consumer.close();
    this.#rest.close();
  }

  /** Unmaps the ring. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Hands the committed records up to the producer's position of now to `sink`,
   * in the order of reservation, until one that is busy, or until the sink
   * answers `false`, or until the quota ends: that ends it behind this record, and
   * is answered by `false`, all else by `true`. A sample may be read until the sink returns.
   * What the sink throws comes out; the record it threw at is consumed. What
   * makes no sense is given up up to the producer's position, and a
   * {@linkcode Damage}.
   *
   * Room is given back at the latest when half the ring is consumed, and at the
   * end. A record that is committed meanwhile wakes nobody; a poll(2) of
   * {@linkcode MappedRing.fd} that begins afterwards is told of it.
   */
  drain(sink: SampleSink, quota?: Quota, tally?: Tally): boolean {
    return this.#memory.read(
      "drain",
      (memory) => drainRing(memory, sink, quota, tally),
    );
  }

  /**
   * Hands `sink` the records as they stand, oldest first, none consumed and
   * none torn, until it answers `false`: for a ring that overwrites (Linux 6.19).
   * They are copied first: memory for twice the ring. `meanwhile` is for tests:
   * it is called in the midst of the copying.
   */
  snapshot(sink: SampleSink, meanwhile: () => void = () => {}): void {
    this.#memory.read(
      "read",
      (memory) => snapshotRing(memory, sink, meanwhile),
    );
  }

  /** How many records there are to be drained, behind a busy one too. */
  get waiting(): number {
    return countRecords(this.#memory.open("count"));
  }

  /** Where both sides stand. */
  get state(): BufferState {
    const memory = this.#memory.open("ask");
    const from = oldest(memory);
    const { consumer, overwrite } = this;
    const producer = Atomics.load(memory.producer, ringWord.producer);
    const available = Number(BigInt.asIntN(64, producer - from));
    return {
      ...{ size: this.size, available, consumer, overwrite },
      producer: Number(producer),
      busy: available > 0 && isBusy(memory, from),
    };
  }

  /** How far the consumer has read. */
  get consumer(): number {
    return Number(Atomics.load(this.#memory.open("ask").consumer, 0));
  }

  /** The kernel believes what is written here. */
  set consumer(position: number) {
    Atomics.store(this.#memory.open("move").consumer, 0, BigInt(position));
  }

  /** How far records are reserved. */
  get producer(): number {
    return this.#word(ringWord.producer);
  }

  /** The oldest record that is not committed, as of the last reserve; 0 before cfa1a2329a69. */
  get pending(): number {
    return this.#word(ringWord.pending);
  }

  /** Where the oldest record begins in overwrite mode (Linux 6.19); 0 elsewhere. */
  get overwrite(): number {
    return this.#word(ringWord.overwrite);
  }

  #word(word: number): number {
    return Number(Atomics.load(this.#memory.open("ask").producer, word));
  }
}
