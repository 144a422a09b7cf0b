/**
 * Where a buffer's two sides stand.
 *
 * @module
 */

/** A buffer of the kernel's as it stands in memory; positions run on past the size. */
export interface BufferState {
  /** Room for records and their headers, bytes. */
  readonly size: number;
  /** Bytes between the two positions: headers, padding, discarded and busy records too. */
  readonly available: number;
  /** How far the consumer has read, bytes. */
  readonly consumer: number;
  /** How far records are reserved, bytes. */
  readonly producer: number;
  /** Where the oldest record begins that did not give way, bytes; 0 where none ever does. */
  readonly overwrite?: number;
  /** Whether the record at the consumer is reserved and not committed: it holds back all later ones. */
  readonly busy: boolean;
}
