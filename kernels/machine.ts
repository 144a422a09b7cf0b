/**
 * A machine: boots a kernel with an initramfs in QEMU and tells what the program in it writes and
 * how it ends. Whatever happens, it ends within its bounds, and nothing of it stays behind.
 *
 * @module
 */
import { Guest } from "./guest.ts";
import { hear } from "./hearing.ts";
import { type Archives, joined } from "./initramfs.ts";
import type { Image } from "./kernel.ts";
import { checkArguments } from "./order.ts";
import type { Accel } from "./qemu.ts";
import { runFrozen } from "./thaw.ts";

/** What a guest runs: the script `/program.js`, which is Deno's main module there. */
export interface Program {
  readonly args: readonly string[];
  /** Absolute guest path → host path, or the contents themselves. The script is one of them. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Host paths of shared libraries; what they depend on is found. They keep their paths. */
  readonly libraries: readonly string[];
  /** It takes an argument `--nonce=TEXT` and puts the text into all that it says. */
  readonly signs?: boolean;
  /** The packages of Debian that hold these, and what they depend on, for a guest of another processor. */
  readonly packages?: readonly string[];
}

/** How a machine runs, and for how long at most. */
export interface MachineOptions {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly accel: Accel;
  /** From start to power-off, in milliseconds. */
  readonly timeoutMs: number;
  /** From start to the first process, in milliseconds: 20 s under KVM, 60 s emulated. */
  readonly bootTimeoutMs?: number;
  /** Power off right after `up` and run no program: what a boot itself costs. */
  readonly bare?: boolean;
  /** Path or name of QEMU. */
  readonly qemu?: string;
  readonly signal?: AbortSignal;
  /** The program's arguments. */
  readonly order?: readonly string[];
  /** Cache folder of frozen machines: bring one back rather than boot. */
  readonly frozen?: string;
}

/** What a machine tells: `up` at most once, lines, and then one `exit` or `lost` as its last. */
export type MachineEvent =
  | {
    readonly type: "up";
    /** From start to the first process. */
    readonly bootMs: number;
    /** It did not boot, it was brought back, and Deno was up in it before. */
    readonly start?: "warm";
    /** It was made in this run, before that: from its boot to its being frozen. */
    readonly freezeMs?: number;
  }
  | {
    /** There was none to bring back: one is booted now, once, and is frozen. */
    readonly type: "freezing";
  }
  | {
    /** None is brought back after all: it boots as any other, from now on. */
    readonly type: "booting";
  }
  | {
    readonly type: "note";
    /** What was odd about the way to have the machine; one line. */
    readonly text: string;
  }
  | {
    readonly type: "line";
    /** A line that the program wrote to stdout, without its end. */
    readonly text: string;
  }
  | {
    readonly type: "exit";
    /** The program's exit status; 128 + N when signal N killed it, as in a shell. */
    readonly code: number;
    /** From `up` to the program's end. */
    readonly runMs: number;
    /** Its last lines: the kernel's words, and the program's stderr. */
    readonly console: string;
  }
  | {
    readonly type: "lost";
    /** One line. */
    readonly why: string;
    /** Its last lines. */
    readonly console: string;
  };

/**
 * Boots `image` with what is in `archives`, or brings such a machine back, and yields events as they come.
 *
 * Leaving the loop, an exception in it, or the signal kills QEMU, waits for its end and removes
 * what it left. Should this process be killed, QEMU is killed as well.
 *
 * @throws {Error} when QEMU is not installed, naming its package, or the memory cannot suffice.
 * @throws the signal's reason when it is aborted.
 */
export async function* run(
  image: Image,
  archives: Archives,
  options: MachineOptions,
): AsyncGenerator<MachineEvent> {
  options.signal?.throwIfAborted();
  checkArguments(options.order ?? []);
  await checkMemory(archives, options.memoryMiB);
  if (options.frozen !== undefined) {
    const { frozen } = options;
    const given = { ...options, frozen };
    const isDone = yield* runFrozen(image, archives, given);
    if (isDone) return;
    yield { type: "booting" };
  }
  const initramfs = options.bare ? archives.base : await joined(archives);
  await using guest = await Guest.start(image, initramfs, options);
  yield* hear(guest, options);
}

/** What the smallest kernel needs beside the archive and the files that it unpacks out of it. */
const KERNEL_MIB = 64;

/**
 * A guest with too little memory ends in many ways, most of them silent: the firmware cannot place
 * the archive, the kernel unpacks half of it.
 */
async function checkMemory(
  { base, program }: Archives,
  memoryMiB: number,
): Promise<void> {
  const sizes = [await Deno.stat(base), await Deno.stat(program)];
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  const archiveMiB = Math.ceil(bytes / (1 << 20));
  const least = 2 * archiveMiB + KERNEL_MIB;
  if (memoryMiB >= least) return;
  throw new Error(
    `Cannot boot a guest with ${memoryMiB} MiB: its archive of ${archiveMiB} MiB has to fit twice, ` +
      `which takes ${least} MiB at least (option --memory)`,
  );
}
