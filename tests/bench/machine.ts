/**
 * The bench in a guest: C is built here and linked with the libbpf that travels
 * along, the SDK is bundled, and what the guest says comes back line by line.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { hostArch } from "../../kernels/arch.ts";
import { bundle } from "../../kernels/bundle.ts";
import { openCache } from "../../kernels/cache_folder.ts";
import type { Kernel, Named } from "../../kernels/kernel.ts";
import { kernels } from "../../kernels/list.ts";
import { readLock } from "../../kernels/lock.ts";
import type { Program } from "../../kernels/machine.ts";
import { ownKernels } from "../../kernels/own.ts";
import { programPath } from "../../kernels/payload.ts";
import { selectKernels } from "../../kernels/select.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import type { Ending, Errand, Heard, Listener, Step } from "../errand.ts";
import { collectFreight } from "../freight.ts";
import { runMatrix } from "../matrix.ts";
import type { Progress } from "../progress.ts";
import type { Row as MatrixRow } from "../results.ts";
import { writeError } from "../streams.ts";
import { buildC } from "./build.ts";
import { guestGround, oursPath } from "./ground.ts";
import type { Machine, Said } from "./guest.ts";
import type { Options } from "./options.ts";
import type { Row } from "./report.ts";

/** What came of a guest. */
export interface Benched {
  readonly rows: readonly Row[];
  /** What the guest says of itself; missing if it never came to that. */
  readonly machine?: Machine;
  /** What the matrix says of it. */
  readonly outcome: MatrixRow;
}

/** Room for two runtimes, the buffers, and the archive twice. */
const memoryMiB = 1024;

/** An emulated machine takes minutes for all rows. */
const timeoutMs = 60 * 60_000;

/** Runs the bench in a guest of `options.kernel`; each row is told as it comes. */
export async function benchIn(
  options: Options & { readonly kernel: string },
  told: (row: Row) => void,
  signal: AbortSignal,
): Promise<Benched> {
  const kernel = await oneKernel(options.kernel);
  const errand = await benchErrand(options, told);
  const [outcome] = await runMatrix({
    cold: true,
    ...{ driver: "qemu", kernels: [kernel], errand, accel: "auto", jobs: 1 },
    ...{ cpus: 2, memoryMiB, timeoutMs, mirrors: {}, offline: false },
    ...{ cache: await openCache(), signal },
    lock: await readLock(),
  }, watch);
  if (outcome === undefined) throw new Error("The run has no row");
  return { ...errand.audience, outcome };
}

/** The one kernel of that name. */
async function oneKernel(name: string): Promise<Kernel> {
  const found = selectKernels([name], [...kernels, ...await ownKernels()]);
  const [kernel] = found;
  if (kernel !== undefined && found.length === 1) {
    if ((kernel.arch ?? hostArch) === hostArch) return kernel;
    throw new UsageError(
      `Bad --kernel "${name}": the C side is built here, for ${hostArch}`,
    );
  }
  const ids = found.map(({ id }) => id).join(", ");
  throw new UsageError(
    `Bad --kernel "${name}": it takes one row, and there are ${ids}`,
  );
}

/** Says on stderr what a guest is waited for. */
function watch(progress: Progress): void {
  if (progress.is === "note") writeError(`${progress.text}\n`);
  if (progress.is === "up") {
    writeError(`${progress.row} is up after ${progress.bootMs} ms\n`);
  }
}

async function benchErrand(
  { rows, runs }: Options,
  told: (row: Row) => void,
): Promise<Errand & { readonly audience: Audience }> {
  const { files, libraries, packages, imports } = await collectFreight();
  const { consumer, driver } = await buildC();
  const guest = fileURLToPath(new URL("guest.ts", import.meta.url));
  const own = {
    [guestGround.consumer]: consumer,
    [guestGround.driver]: driver,
    ...await bundle(oursPath, guestGround.ours, imports),
    ...await bundle(guest, programPath, imports),
  };
  const args = [`--runs=${runs}`, ...rows.map((row) => `--row=${row}`)];
  const audience = new Audience(told);
  const program = ({ simulated }: Named): Promise<Program> =>
    Promise.resolve(
      {
        args: simulated === undefined ? args : [...args, "--mask"],
        files: { ...files, ...own },
        libraries,
        packages,
      } satisfies Program,
    );
  return { program, listen: () => audience, audience };
}

/** Hears a guest out. */
class Audience implements Listener {
  readonly #told: (row: Row) => void;
  readonly said = {};
  readonly rows: Row[] = [];
  machine?: Machine;

  constructor(told: (row: Row) => void) {
    this.#told = told;
  }

  line(text: string): Step {
    const said = JSON.parse(text) as Said;
    if (said.is === "machine") this.machine = said.machine;
    else {
      this.rows.push(said.row);
      this.#told(said.row);
    }
    return { is: "output", text };
  }

  end(ending: Ending): Heard {
    const { console } = ending;
    return ending.is === "exit"
      ? { state: "ran", exit: ending.code, console, claims: [] }
      : { state: "lost", why: ending.why, console, claims: [] };
  }
}
