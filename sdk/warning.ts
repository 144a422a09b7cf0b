/**
 * What a stream's reader has to say although nothing has failed.
 *
 * @module
 */

/**
 * The record at the head of a ring was reserved a while ago and is not submitted:
 * all that is sent behind it waits. Its producer was interrupted for that long, or
 * has lost it, which no program that the verifier takes can do.
 */
export interface BusyHead {
  /** Says which of the warnings it is. */
  readonly is: "busy";
  /** The stream that the ring carries. */
  readonly stream: string;
  /** The ring's CPU; left out for a ring of all CPUs. */
  readonly cpu?: number;
  /** Where the record begins: the consumer's position, bytes. */
  readonly position: number;
  /** For how long it has been seen there, ms. */
  readonly ms: number;
}

/** All warnings that there are; others may come. */
export type Warning = BusyHead;
