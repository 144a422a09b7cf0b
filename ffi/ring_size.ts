/**
 * The sizes that rings may have.
 *
 * @module
 */

/**
 * The largest power of two that `max_entries`, which has 32 bits, can hold. The
 * kernel's own limit, RINGBUF_MAX_DATA_SZ of kernel/bpf/ringbuf.c, is beyond it.
 */
export const largestRing = 2 ** 31;

/**
 * A ring's size in bytes, rounded up to a power of two of pages, which is what
 * the kernel takes and pages of 16K or 64K turn 4096 into. libbpf does so from
 * 0.8 on, at load, and from 1.0 on at once. 0, and what cannot be rounded up, is
 * left for the kernel to refuse.
 */
export function ringSize(bytes: number, pageSize: number): number {
  if (bytes <= 0) return bytes;
  let size = pageSize;
  while (size < bytes) size *= 2;
  return size <= largestRing ? size : bytes;
}
