/**
 * The flags that the ring's helpers take.
 *
 * @module
 */

/** Flags of output, submit and discard (linux/bpf.h). */
export const wakeup = { adaptive: 0n, none: 1n, force: 2n } as const;

/** Flags of bpf_ringbuf_query() (linux/bpf.h). */
export const query = {
  availData: 0n,
  ringSize: 1n,
  consumerPosition: 2n,
  producerPosition: 3n,
} as const;
