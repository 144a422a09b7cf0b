/**
 * The run: has every kernel, boots as many at once as this machine can bear,
 * sends each out on the errand and returns a row for each, in their order.
 * Whatever happens to a machine is its row's outcome, never an error here.
 *
 * @module
 */
import pLimit, { type LimitFunction } from "npm:p-limit@^7.1.1";
import { type Arch, hostArch } from "../kernels/arch.ts";
import { chooseAccel } from "../kernels/accel.ts";
import { type Archives, pack } from "../kernels/initramfs.ts";
import { jobs } from "../kernels/jobs.ts";
import type { Image, Kernel, ProvisionOptions } from "../kernels/kernel.ts";
import { type Program, run } from "../kernels/machine.ts";
import { provision } from "../kernels/provision.ts";
import { foreignUserland, type Userland } from "../kernels/userland.ts";
import { bootRow, type Ready } from "./boot.ts";
import type { Machines, Plan, Stage } from "./plan.ts";
import type { Watcher } from "./progress.ts";
import type { Row } from "./results.ts";
import { cancelled, lostRow, since, unavailableRow } from "./row.ts";

/** Real kernels in real machines. */
export const realMachines: Machines = {
  ...{ provision, foreignUserland, pack, chooseAccel, jobs, run },
};

/** Downloads at once: enough to fill a line, few enough for an archive's patience. */
const downloads = 3;

type Limit = <Result>(act: () => Promise<Result>) => Promise<Result>;

/** The accelerator, and the places that it leaves for machines at the same time. */
interface Places {
  readonly accel: "kvm" | "tcg";
  readonly limit: Limit;
}

/**
 * Runs the matrix.
 *
 * @throws {Error} when no row of this machine's processor can run: no QEMU, no memory, nothing to pack;
 * but not any more when one has begun.
 */
export async function runMatrix(
  plan: Plan,
  watch: Watcher,
  machines: Machines = realMachines,
): Promise<Row[]> {
  const stage: Stage = { plan, machines, watch };
  const ground = new Ground(stage);
  return await Promise.all(plan.kernels.map(async (kernel) => {
    const row = await runRow(kernel, stage, ground);
    watch({ is: "done", row });
    return row;
  }));
}

/** What rows share, and none may do twice: the line, archives, accelerator, places. */
class Ground {
  readonly download: Limit = pLimit(downloads);
  readonly #stage: Stage;
  /** Archives share their larger part, so the second is cheap when the first is done. */
  readonly #pack: Limit = pLimit(1);
  readonly #archives = new Map<Arch, Map<Program, Promise<Archives>>>();
  readonly #places = new Map<Arch, Promise<Places>>();
  #limit?: LimitFunction;
  #hasBegun = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** What a guest of another processor than this machine's is run by. */
  async foreign(
    { kernel, arch }: Image,
    options: ProvisionOptions,
  ): Promise<Userland | undefined> {
    if (arch === hostArch) return undefined;
    const { plan, machines } = this.#stage;
    const program = await plan.errand.program(kernel);
    return await machines.foreignUserland(arch, program, options);
  }

  /** The archives that hold the program of an image's kernel. */
  async archives(
    { kernel, arch }: Image,
    foreign: Userland | undefined,
  ): Promise<Archives> {
    const { plan, machines } = this.#stage;
    const program = await plan.errand.program(kernel);
    const archives = this.#archives.get(arch) ?? new Map();
    this.#archives.set(arch, archives);
    const packed = archives.get(program) ??
      this.#pack(() => machines.pack(program, plan.cache, foreign));
    archives.set(program, packed);
    return await packed;
  }

  /** Where machines run; the accelerator is tried with the image that is there first. */
  places(image: Image, archives: Archives): Promise<Places> {
    const places = this.#places.get(image.arch) ??
      this.#choose(image, archives);
    this.#places.set(image.arch, places);
    return places;
  }

  async #choose(image: Image, archives: Archives): Promise<Places> {
    const { plan, machines, watch } = this.#stage;
    const { cache, signal } = plan;
    const trial = { image, archives, cache, signal };
    const choice = await machines.chooseAccel(plan.accel, trial);
    const { accel, note } = choice;
    const fit = machines.jobs(choice, plan.cpus, plan.memoryMiB, plan.jobs);
    // All machines share this one: what is too much for one processor's is too much for all.
    const limit = this.#limit ??= pLimit(fit);
    limit.concurrency = Math.min(limit.concurrency, fit);
    const places = Math.min(limit.concurrency, plan.kernels.length);
    watch({
      is: "note",
      text: `${note}; ${places} ${
        places === 1 ? "machine" : "machines"
      } at a time`,
    });
    return { accel, limit };
  }

  /** Boots a row that has all it needs. */
  async boot(ready: Ready): Promise<Row> {
    this.#hasBegun = true;
    return await bootRow(ready, this.#stage);
  }

  /** Whether there is a result to be kept. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }
}

/** One row from its name to its cells. */
async function runRow(
  kernel: Kernel,
  stage: Stage,
  ground: Ground,
): Promise<Row> {
  const { plan } = stage;
  let had: Had | undefined;
  let archives: Archives;
  let places: Places;
  try {
    had = await ground.download(() => have(kernel, stage, ground));
    const { image, foreign } = had;
    stage.watch({ is: "provisioned", row: kernel.id, release: image.release });
    archives = await ground.archives(image, foreign);
    places = await ground.places(image, archives);
  } catch (error) {
    if (plan.signal.aborted) {
      return lostRow(kernel, plan, cancelled, had?.provisionMs ?? 0);
    }
    if (had === undefined || had.image.arch !== hostArch) {
      return unavailableRow(kernel, plan, error);
    }
    // What this machine's own processor cannot have, no row of it can.
    if (!ground.hasBegun) throw error;
    return lostRow(kernel, plan, error, had.provisionMs);
  }
  const { image, provisionMs, warnings } = had;
  const { accel, limit } = places;
  return await limit(async () => {
    if (plan.signal.aborted) {
      return lostRow(kernel, plan, cancelled, provisionMs);
    }
    return await ground.boot({ image, archives, accel, provisionMs, warnings });
  });
}

/** What a row needs that is not made here. */
interface Had {
  readonly image: Image;
  readonly foreign: Userland | undefined;
  readonly provisionMs: number;
  /** What was odd. */
  readonly warnings: readonly string[];
}

/** Has the kernel's image brought to this machine, and what is run in it. */
async function have(
  kernel: Kernel,
  stage: Stage,
  ground: Ground,
): Promise<Had> {
  const { plan, machines, watch } = stage;
  plan.signal.throwIfAborted();
  const began = performance.now();
  watch({ is: "provisioning", row: kernel.id });
  const warnings: string[] = [];
  const options = provisioning(kernel, stage, warnings);
  const image = await machines.provision(kernel, options);
  const foreign = await ground.foreign(image, options);
  return { image, foreign, provisionMs: since(began), warnings };
}

/** How a row is had; what was odd is added to `warnings`. */
function provisioning(
  kernel: Kernel,
  { plan, watch }: Stage,
  warnings: string[],
): ProvisionOptions {
  return {
    cache: plan.cache,
    mirrors: { ...plan.mirrors },
    offline: plan.offline,
    lock: plan.lock,
    signal: plan.signal,
    progress: (text) => watch({ is: "provisioning", row: kernel.id, text }),
    warn: (text) => void warnings.push(text),
  };
}
