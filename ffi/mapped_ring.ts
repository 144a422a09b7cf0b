/**
 * A ring buffer's own memory, mapped without libbpf: its positions as they stand
 * there, and copies of what lies between them.
 *
 * @module
 */

import { pageSize } from "./bpf_syscall.ts";
import type { BpfMap } from "./map.ts";
import { Mapping } from "./mapping.ts";

/** Words of the producer's page: kernel/bpf/ringbuf.c, struct bpf_ringbuf. */
const word = { producer: 0, pending: 8, overwrite: 16 } as const;

/** The consumer's page for reading and writing, the producer's and the data for reading. */
export class MappedRing implements Disposable {
  readonly #consumer: Mapping;
  readonly #rest: Mapping;
  readonly #page = pageSize();
  /** Bytes of the ring. */
  readonly size: number;

  /** Maps the ring of a loaded object. */
  constructor(map: BpfMap) {
    this.size = map.maxEntries;
    this.#consumer = new Mapping(`the consumer page of ring "${map.name}"`, {
      ...{ fd: map.fd, offset: 0, length: this.#page },
      writable: true,
    });
    try {
      // The data pages are mapped twice in a row.
      this.#rest = new Mapping(`the data of ring "${map.name}"`, {
        ...{ fd: map.fd, offset: this.#page },
        length: this.#page + 2 * this.size,
        writable: false,
      });
    } catch (error) {
      this.#consumer.close();
      throw error;
    }
  }

  /** Unmaps the ring; a second call does nothing. */
  close(): void {
    this.#consumer.close();
    this.#rest.close();
  }

  /** Unmaps the ring. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** How far the consumer has read. */
  get consumer(): number {
    return Number(this.#consumer.word(0));
  }

  /** The kernel believes what is written here. */
  set consumer(position: number) {
    this.#consumer.store(0, BigInt(position));
  }

  /** How far records are reserved. */
  get producer(): number {
    return Number(this.#rest.word(word.producer));
  }

  /** The oldest record that is not committed, as of the last reserve; 0 before cfa1a2329a69. */
  get pending(): number {
    return Number(this.#rest.word(word.pending));
  }

  /** Where the oldest record begins in overwrite mode (Linux 6.19); 0 elsewhere. */
  get overwrite(): number {
    return Number(this.#rest.word(word.overwrite));
  }

  /** A copy of the bytes between two positions, at most the ring's size of them. */
  copy(from: number, to: number): Uint8Array<ArrayBuffer> {
    return this.#rest.copy(this.#page + from % this.size, to - from);
  }
}
