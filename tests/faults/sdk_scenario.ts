/**
 * What is done with the SDK while one of its calls fails.
 *
 * @module
 */

/** One part of the SDK from open to close. */
export interface Scenario {
  /** A sentence without its subject. */
  readonly name: string;
  run(): void | Promise<void>;
}

/** Where the object of that name is built. */
export const path = (name: string): string => `bpf/build/${name}.bpf.o`;
