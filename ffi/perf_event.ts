/**
 * One CPU's perf event of BPF output, by perf_event_open(2) itself: libbpf's
 * `perf_buffer` sets what some things have to be asked for with.
 *
 * @module
 */

import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";
import { Mapping } from "./mapping.ts";
import { pageSize } from "./bpf_syscall.ts";

/** The number of perf_event_open(2), by machine. */
const systemCall: Record<string, bigint> = { x86_64: 298n, aarch64: 241n };

/** type, config, sample_type and flags of linux/perf_event.h. */
const PERF_TYPE_SOFTWARE = 1;
const PERF_COUNT_SW_BPF_OUTPUT = 10n;
const PERF_SAMPLE_RAW = 1n << 10n;
const PERF_FLAG_FD_CLOEXEC = 1n << 3n;

/** Bytes of struct perf_event_attr up to aux_watermark (PERF_ATTR_SIZE_VER5), known from 4.1 on. */
const attrSize = 112;

/** Where struct perf_event_mmap_page keeps data_head and data_tail. */
const at = { head: 1024, tail: 1032 } as const;

/** Bit of read_format: read(2) tells how many records were lost; Linux 6.0. */
export const PERF_FORMAT_LOST = 1n << 4n;

/** How to open an event. */
export interface PerfEventOptions {
  readonly cpu: number;
  /** Data pages, a power of two. */
  readonly pages: number;
  /** A wakeup for this many samples; 1 if not given. */
  readonly wakeupEvents?: number;
  /** Bits of read_format. */
  readonly readFormat?: bigint;
}

/** A perf event with its buffer; it counts from the moment it is opened. */
export class PerfEvent implements Disposable {
  readonly #buffer: Mapping;
  #fd: number;

  /** Opens the event and maps its buffer. */
  constructor(options: PerfEventOptions) {
    const action = `open a perf event on CPU ${options.cpu}`;
    const number = systemCall[Deno.build.arch];
    if (number === undefined) {
      throw new BpfError(action, {
        cause:
          `the number of perf_event_open(2) is not known on ${Deno.build.arch}`,
      });
    }
    this.#fd = Number(
      libc().perf_event_open(
        number,
        attributes(options),
        -1,
        options.cpu,
        -1,
        PERF_FLAG_FD_CLOEXEC,
      ),
    );
    if (this.#fd < 0) throw new BpfError(action, { errno: errno() });
    try {
      this.#buffer = new Mapping(`the perf buffer of CPU ${options.cpu}`, {
        ...{ fd: this.#fd, offset: 0, writable: true },
        length: (1 + options.pages) * pageSize(),
      });
    } catch (error) {
      libc().close(this.#fd);
      throw error;
    }
  }

  /** Unmaps the buffer and closes the event; a second call does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    this.#buffer.close();
    libc().close(this.#fd);
    this.#fd = -1;
  }

  /** Closes the event. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What stands in a perf event array's slot. */
  get fd(): number {
    return this.#fd;
  }

  /** Bytes that the kernel has written so far. */
  get head(): number {
    return Number(this.#buffer.word(at.head));
  }

  /** UNSAFE: the buffer for a thread that is closed before it: control page, then data. */
  get memory(): { address: bigint; length: number; page: number } {
    const { address, length } = this.#buffer;
    return { address, length, page: pageSize() };
  }

  /** A copy of the buffer's data from `from` on, both multiples of 8. */
  copy(from: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#buffer.copy(pageSize() + from, length);
  }

  /** Gives the buffer's space up to `head` back to the kernel. */
  consume(): void {
    this.#buffer.store(at.tail, this.#buffer.word(at.head));
  }

  /** What read(2) tells: the count, then what read_format asks for. */
  read(): number[] {
    const words = new BigUint64Array(4);
    const bytes = libc().read(this.#fd, new Uint8Array(words.buffer), 32n);
    if (bytes < 0n) {
      throw new BpfError("read a perf event", { errno: errno() });
    }
    return [...words.subarray(0, Number(bytes) / 8)].map(Number);
  }
}

/** struct perf_event_attr: type at 0, size 4, config 8, sample_type 24, read_format 32, wakeup_events 48. */
function attributes(options: PerfEventOptions): Uint8Array<ArrayBuffer> {
  const words = new BigUint64Array(attrSize / 8);
  words[0] = BigInt(PERF_TYPE_SOFTWARE) | BigInt(attrSize) << 32n;
  words[1] = PERF_COUNT_SW_BPF_OUTPUT;
  words[3] = PERF_SAMPLE_RAW;
  words[4] = options.readFormat ?? 0n;
  words[6] = BigInt(options.wakeupEvents ?? 1);
  return new Uint8Array(words.buffer);
}
