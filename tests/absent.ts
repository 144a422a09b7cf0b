/**
 * What a proof throws when the kernel lacks a feature newer than the ring.
 *
 * @module
 */

/**
 * The feature is missing, and the refusal was as documented, which the proof
 * has asserted before it throws this. `message` is the refusal in one line.
 */
export class Absent extends Error {
  override readonly name = "Absent";
}
