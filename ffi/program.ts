/**
 * A program of a BPF object.
 *
 * @module
 */

import { constants } from "node:os";
import { littleEndian } from "./byte_order.ts";
import { fromCString } from "./c_string.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { BpfLink } from "./link.ts";
import type { Lease } from "./map.ts";
import { checkPointer, checkResult } from "./result.ts";

/** What {@linkcode BpfProgram.testRun} answers. */
export interface TestRun {
  /** What the program returned at its last run, as a signed 32-bit number. */
  readonly result: number;
  /** Mean time of a run, ns. */
  readonly durationNs: number;
}

/** How to run a program. */
export interface TestRunOptions {
  /** Runs in a row on the CPU of the caller; 1 if not given. */
  readonly repeat?: number;
}

/** An empty packet: the smallest frame of Ethernet (ETH_ZLEN is 60); TEST_RUN wants 14 bytes. */
const packet = new Uint8Array(64);

/** Size of struct bpf_test_run_opts, the same from libbpf 0.6 to 1.7. */
const testRunSize = 80;

/** One program; it lives as long as the {@linkcode BpfObject} it was taken from. */
export class BpfProgram {
  readonly #lease: Lease;
  /** The program's name in the source. */
  readonly name: string;
  /** The section it stands in, `"tc"` or `"tracepoint/sched/sched_process_exec"`. */
  readonly section: string;

  /** Made by {@linkcode BpfObject}. */
  constructor(lease: Lease) {
    this.#lease = lease;
    this.name = fromCString(libbpf().bpf_program__name(lease()));
    this.section = fromCString(libbpf().bpf_program__section_name(lease()));
  }

  /** The program's file descriptor, from load to close. */
  get fd(): number {
    const fd = libbpf().bpf_program__fd(this.#lease());
    if (fd >= 0) return fd;
    throw new BpfError(`use program "${this.name}"`, {
      cause: "it is not loaded",
      remedy: "load its object first, and do not leave the program out",
    });
  }

  /** Whether the object's load takes this program along. */
  get autoload(): boolean {
    return libbpf().bpf_program__autoload(this.#lease());
  }

  /** Only before load: `false` leaves the program out. */
  set autoload(load: boolean) {
    checkResult(
      `leave out program "${this.name}"`,
      libbpf().bpf_program__set_autoload(this.#lease(), load),
    );
  }

  /** Attaches the program where its section says, until the link is closed. */
  attach(): BpfLink {
    const action = `attach program "${this.name}" (${this.section})`;
    try {
      return new BpfLink(
        checkPointer(action, libbpf().bpf_program__attach(this.#lease()), {
          ENOENT: "mount tracefs, and check the name of the section",
        }),
      );
    } catch (error) {
      const { EOPNOTSUPP, ESRCH } = constants.errno;
      // ESRCH is what libbpf below 1.0 says of a section without an own way.
      if (
        error instanceof BpfError && [EOPNOTSUPP, ESRCH].includes(error.errno)
      ) {
        throw new BpfError(action, {
          errno: error.errno,
          log: error.log,
          cause: "libbpf cannot attach this section by itself",
          remedy: "open with attach: false and drive it with testRun()",
        });
      }
      throw error;
    }
  }

  /**
   * Runs the program by BPF_PROG_TEST_RUN (Linux 4.12, 1cf1cae963c2 ("bpf:
   * introduce BPF_PROG_TEST_RUN command")) on an empty packet, on the CPU that
   * the calling thread stands on. Network program types only.
   */
  testRun(options: TestRunOptions = {}): TestRun {
    return testRunOf(this.fd, this.name, options);
  }

  /**
   * The same on another thread, for a program that has to run while this thread
   * goes on. It runs on the CPU that thread stands on.
   */
  async testRunElsewhere(options: TestRunOptions = {}): Promise<TestRun> {
    const opts = testRunOptions(options);
    const result = await libbpf().bpf_prog_test_run_elsewhere(
      this.fd,
      opts.buffer,
    );
    return ran(this.name, result, opts);
  }
}

/** Runs the program that `fd` stands for, and that errors call `name`. */
export function testRunOf(
  fd: number,
  name: string,
  options: TestRunOptions,
): TestRun {
  const opts = testRunOptions(options);
  return ran(name, libbpf().bpf_prog_test_run_opts(fd, opts.buffer), opts);
}

function ran(name: string, result: number, opts: DataView): TestRun {
  checkResult(`run program "${name}"`, result);
  return {
    result: opts.getInt32(56, littleEndian),
    durationNs: opts.getUint32(64, littleEndian),
  };
}

/** struct bpf_test_run_opts: sz at 0, data_in 8, data_size_in 24, retval 56, repeat 60, duration 64. */
function testRunOptions(options: TestRunOptions): DataView<ArrayBuffer> {
  const opts = new DataView(new ArrayBuffer(testRunSize));
  const data = Deno.UnsafePointer.value(Deno.UnsafePointer.of(packet));
  opts.setBigUint64(0, BigInt(testRunSize), littleEndian);
  opts.setBigUint64(8, data, littleEndian);
  opts.setUint32(24, packet.length, littleEndian);
  opts.setInt32(60, options.repeat ?? 1, littleEndian);
  return opts;
}
