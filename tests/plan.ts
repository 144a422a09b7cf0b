/**
 * What a run of the matrix is given: what to run, how, and where the machines
 * come from.
 *
 * @module
 */
import type { chooseAccel } from "../kernels/accel.ts";
import type { pack } from "../kernels/initramfs.ts";
import type { jobs } from "../kernels/jobs.ts";
import type { Kernel, Lock } from "../kernels/kernel.ts";
import type { run } from "../kernels/machine.ts";
import type { provision } from "../kernels/provision.ts";
import type { foreignUserland } from "../kernels/userland.ts";
import type { Errand } from "./errand.ts";
import type { Watcher } from "./progress.ts";

/** What is to be done in machines, and within which bounds, whatever they are made by. */
export interface Terms {
  readonly driver: "qemu" | "vagrant";
  readonly errand: Errand;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly accel: "auto" | "kvm" | "tcg";
  /** Machines at once; as many as fit when it is missing. */
  readonly jobs?: number;
  /** Milliseconds for one machine, boot and errand together. */
  readonly timeoutMs: number;
  /** The user's cache folder. */
  readonly cache: string;
  readonly offline: boolean;
  /** Ends the run: machines are killed, rows that had not ended are lost. */
  readonly signal: AbortSignal;
}

/** Which kernels are to be booted by QEMU, and where they are from. */
export interface Plan extends Terms {
  readonly driver: "qemu";
  /** Boot every machine, bring none back from where it was frozen. */
  readonly cold: boolean;
  readonly kernels: readonly Kernel[];
  /** Site to URL. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** What kernels.lock pins, where there is one. */
  readonly lock?: Lock | undefined;
}

/** Where kernels and machines come from; a test brings its own. */
export interface Machines {
  readonly provision: typeof provision;
  readonly foreignUserland: typeof foreignUserland;
  readonly pack: typeof pack;
  readonly chooseAccel: typeof chooseAccel;
  readonly jobs: typeof jobs;
  readonly run: typeof run;
}

/** All that a row needs to run. */
export interface Stage {
  readonly plan: Plan;
  readonly machines: Machines;
  readonly watch: Watcher;
}
