/**
 * The errand of running a program of the user's own: it is bundled, runs in
 * every kernel, and what it prints is shown.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, NotBundled } from "../kernels/bundle.ts";
import { heed } from "../kernels/interruption.ts";
import { isFile } from "../kernels/is_file.ts";
import type { Named } from "../kernels/kernel.ts";
import type { Program } from "../kernels/machine.ts";
import { type GuestFiles, programPath } from "../kernels/payload.ts";
import { UsageError } from "../kernels/usage_error.ts";
import {
  type Ending,
  type Errand,
  type Heard,
  type Listener,
  masked,
  type Step,
} from "./errand.ts";
import { type Freight, unmaskedPath } from "./freight.ts";
import type { OwnProgram } from "./options.ts";

/** Sends a program out. `path` is the host's path of a .ts or .js file. */
export function programErrand(
  path: string,
  args: readonly string[],
  freight: Freight,
): Errand {
  const make = async (isMasked: boolean): Promise<Program> => ({
    args,
    files: {
      ...freight.files,
      ...await objectsBeside(path),
      ...await ownBundle(
        path,
        isMasked ? unmaskedPath : programPath,
        freight.imports,
      ),
      ...isMasked && await bundle(maskedPath, programPath, freight.imports),
    },
    libraries: freight.libraries,
    packages: freight.packages,
  });
  return {
    program: masked(make),
    listen: () => new Audience(),
  };
}

/**
 * The errand of the user's program, bundled at once: one that is none is said before anything is
 * fetched or booted.
 *
 * @throws {UsageError} where it is none.
 * @throws the signal's reason when it is aborted, of which `deno bundle` may die first.
 */
export async function ownErrand(
  program: OwnProgram,
  freight: Freight,
  [first]: readonly Named[],
  signal: AbortSignal,
): Promise<Errand> {
  const path = await Deno.realPath(program.path).catch(() => {
    throw new UsageError(
      `Cannot run "${program.path}" in the kernels: there is no such file`,
    );
  });
  const errand = programErrand(path, program.args, freight);
  if (first === undefined) return errand;
  try {
    await errand.program(first);
  } catch (error) {
    await heed(signal);
    signal.throwIfAborted();
    throw error;
  }
  return errand;
}

/** The user's own program as one module. Throws {@link UsageError} where it is none. */
async function ownBundle(
  ...given: Parameters<typeof bundle>
): Promise<GuestFiles> {
  try {
    return await bundle(...given);
  } catch (error) {
    throw error instanceof NotBundled ? new UsageError(error.message) : error;
  }
}

/** The BPF objects in the program's folder, which travel along to the folder that it runs in. */
async function objectsBeside(path: string): Promise<Record<string, string>> {
  const folder = dirname(path);
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const objects: Record<string, string> = {};
  for (const { name } of entries) {
    const at = `${folder}/${name}`;
    if (name.endsWith(".bpf.o") && await isFile(at)) objects[`/${name}`] = at;
  }
  return objects;
}

const maskedPath = fileURLToPath(new URL("masked.ts", import.meta.url));

/** Hands on what a program prints, and notes how it ended. */
class Audience implements Listener {
  readonly said = {};

  line(text: string): Step {
    return { is: "output", text };
  }

  end(ending: Ending): Heard {
    if (ending.is === "exit") {
      const { code, console } = ending;
      const told = code === 0 || console === "" ? {} : { console };
      return { state: "ran", exit: code, ...told, claims: [] };
    }
    const { why, console } = ending;
    return {
      state: "lost",
      why,
      ...(console === "" ? {} : { console }),
      claims: [],
    };
  }
}
