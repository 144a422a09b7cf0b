/**
 * Runs programs by BPF_PROG_TEST_RUN (Linux 4.12, 1cf1cae963c2 ("bpf: introduce
 * BPF_PROG_TEST_RUN command")).
 *
 * @module
 */

import { littleEndian } from "./byte_order.ts";
import { libbpf } from "./libbpf.ts";
import { checkElsewhere, checkResult, type Remedies } from "./result.ts";
import { wrongValue } from "./wrong_value.ts";

/** What a test run answers. */
export interface TestRun {
  /** What the program returned at its last run, as a signed 32-bit number. */
  readonly result: number;
  /** Mean time of a run, ns. */
  readonly durationNs: number;
  /** The packet as the program left it, where one was given. */
  readonly data?: Uint8Array<ArrayBuffer>;
  /** The context as the program left it, where one was given. */
  readonly context?: Uint8Array<ArrayBuffer>;
}

/** How to run a program. */
export interface TestRunOptions {
  /**
   * Runs in a row; 1 if not given. They begin on the CPU of the caller, and where
   * another process is due between two of them, may go on on another CPU
   * (net/bpf/test_run.c of the kernel, bpf_test_timer_continue): over perf, what
   * they send is then in two buffers.
   */
  readonly repeat?: number;
  /**
   * The packet, at least the 14 bytes of an Ethernet header. Without it a network
   * program gets 64 zero bytes, and one with a context of its own gets none.
   */
  readonly data?: Uint8Array<ArrayBuffer>;
  /**
   * The context: `struct __sk_buff` or `struct xdp_md` beside a packet (Linux 5.2
   * and 5.15); alone, the arguments of a raw tracepoint as 64-bit numbers (Linux
   * 5.10), or what a `"syscall"` program takes (Linux 5.14).
   */
  readonly context?: Uint8Array<ArrayBuffer>;
}

/** The header of an Ethernet frame (ETH_HLEN), without which no packet is taken. */
const leastPacket = 14;

/** An empty packet: the smallest frame of Ethernet (ETH_ZLEN is 60). */
const packet = new Uint8Array(64);

/**
 * Room for a packet that a program has made longer: skbs end at 64 KiB. Kernels
 * before 4.20 (b5a36b1e1b13 ("bpf: respect size hint to BPF_PROG_TEST_RUN if
 * present")) do not look how much there is.
 */
const roomForPacket = 128 * 1024;

/** Room for the kernel's struct __sk_buff, of which the caller may know a part. */
const roomForContext = 1024;

/** `repeat` is a signed number of 32 bits, and the kernel takes 0 for 1. */
const mostRuns = 2 ** 31 - 1;

/** Size of struct bpf_test_run_opts, the same from libbpf 0.6 to 1.7. */
const optionsSize = 80;

const remedies: Remedies = {
  ENOTSUPP: "this kernel cannot run programs of this type by themselves",
};

/** How long a packet may be differs by kernel and type of program, and neither tells. */
const packetRemedies: Remedies = {
  ...remedies,
  EINVAL:
    "give a packet that fits a page beside what the kernel keeps with it, and a context only where the program's type takes one",
};

function remediesOf({ data }: TestRunOptions): Remedies {
  return data === undefined ? remedies : packetRemedies;
}

/** Runs the program that `fd` stands for, and that errors call `name`. */
export function testRunOf(
  fd: number,
  name: string,
  options: TestRunOptions,
): TestRun {
  const run = new Run(options);
  const result = libbpf().bpf_prog_test_run_opts(fd, run.bytes);
  checkResult(`run program "${name}"`, result, remediesOf(options));
  return run.answer;
}

/** The same on another thread. */
export async function testRunElsewhere(
  fd: number,
  name: string,
  options: TestRunOptions,
): Promise<TestRun> {
  const run = new Run(options);
  const call = libbpf().bpf_prog_test_run_elsewhere(fd, run.bytes);
  checkElsewhere(`run program "${name}"`, await call, remediesOf(options));
  return run.answer;
}

/** Throws where an option is what the kernel cannot take. */
function check(options: TestRunOptions): void {
  if (typeof options !== "object" || options === null) {
    throw wrongValue(options, "the options of a test run", "an object");
  }
  const { data = packet, context = packet, repeat = 1 } = options;
  if (!(data instanceof Uint8Array) || data.length < leastPacket) {
    const takes = `a Uint8Array of ${leastPacket} bytes or more`;
    throw wrongValue(data, "the option data", takes);
  }
  if (!(context instanceof Uint8Array)) {
    throw wrongValue(context, "the option context", "a Uint8Array");
  }
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > mostRuns) {
    const takes = `a whole number from 1 to ${mostRuns}`;
    throw wrongValue(repeat, "the option repeat", takes);
  }
}

/** struct bpf_test_run_opts, and the buffers that it points to. */
class Run {
  readonly bytes = new ArrayBuffer(optionsSize);
  readonly #view = new DataView(this.bytes);
  readonly #data: Uint8Array<ArrayBuffer> | undefined;
  readonly #context: Uint8Array<ArrayBuffer> | undefined;
  /** What is only pointed to must not be collected. */
  readonly #given: TestRunOptions;

  constructor(options: TestRunOptions) {
    check(options);
    this.#given = options;
    const { data, context, repeat = 1 } = options;
    const alone = data === undefined && context !== undefined;
    this.#view.setBigUint64(0, BigInt(optionsSize), littleEndian);
    if (!alone) this.#point(8, 24, data ?? packet);
    if (data !== undefined) {
      this.#data = new Uint8Array(roomForPacket);
      this.#point(16, 28, this.#data);
    }
    if (context !== undefined) {
      // Beside a packet it is answered; alone it is written where it stands.
      this.#context = alone ? context.slice() : new Uint8Array(roomForContext);
      this.#point(32, 48, alone ? this.#context : context);
      if (!alone) this.#point(40, 52, this.#context);
    }
    // Beside a context alone kernels take no number of runs, not even 1: EINVAL.
    const runs = alone && repeat === 1 ? 0 : repeat;
    this.#view.setInt32(60, runs, littleEndian);
  }

  /** What came of a call that did not fail. */
  get answer(): TestRun {
    const size = this.#view.getUint32(28, littleEndian);
    const contextSize = this.#view.getUint32(52, littleEndian) || undefined;
    return {
      result: this.#view.getInt32(56, littleEndian),
      durationNs: this.#view.getUint32(64, littleEndian),
      ...(this.#data && { data: this.#data.slice(0, size) }),
      ...(this.#context && { context: this.#context.slice(0, contextSize) }),
    };
  }

  /** A pointer and its size. */
  #point(at: number, sizeAt: number, bytes: Uint8Array<ArrayBuffer>): void {
    const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
    this.#view.setBigUint64(at, address, littleEndian);
    this.#view.setUint32(sizeAt, bytes.length, littleEndian);
  }
}
