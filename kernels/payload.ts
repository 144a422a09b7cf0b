/**
 * All that a program needs in a machine beside its kernel: Deno, shared libraries, files, and the
 * command that starts it. Each driver brings it there in its own way.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { analysed } from "./analysis.ts";
import type { Program } from "./machine.ts";
import type { Userland } from "./userland.ts";

/** Absolute path in the guest → host path, or the contents themselves. */
export type GuestFiles = Readonly<Record<string, string | Uint8Array>>;

/** What is brought into a machine, and how it is started there. */
export interface Payload {
  /** What seldom changes: Deno, the libraries, which keep their paths, and the loader. */
  readonly base: GuestFiles;
  /** The program's own files. */
  readonly own: GuestFiles;
  readonly argv: readonly string[];
  /** `NAME=value` each; nothing else is in the program's environment. */
  readonly environ: readonly string[];
}

const DENO = "/bin/deno";
const LOADER = "/ringside/loader.ts";

/** The guest's path of the script that a program is: Deno's main module. */
export const programPath = "/program.js";

/**
 * What makes Deno start fastest in an emulated guest, by measurement: no look at a network, a
 * configuration or a lock file, of which the guest has none, and no code cache, which holds only
 * what has run before.
 */
const DENO_RUN = [
  ...[
    DENO,
    "run",
    "--allow-all",
    "--no-remote",
    "--no-npm",
    "--no-config",
    "--no-lock",
  ],
  ...["--no-code-cache", "--no-prompt"],
];

/** Deno's own folder: with what it would find out about the program, written down on the host. */
const DENO_DIR = "/ringside/deno";

const ENVIRONMENT = [
  "HOME=/tmp",
  "PATH=/bin",
  `DENO_DIR=${DENO_DIR}`,
  "DENO_NO_UPDATE_CHECK=1",
  "NO_COLOR=1",
];

/**
 * What `program` needs in a machine whose Deno and libraries are those of `userland`.
 *
 * @param start with `"order"` the loader (loader.ts) starts it, which takes its arguments from an
 * order; else they are on its command line.
 */
export async function payloadOf(
  program: Program,
  userland: Userland,
  start: "order" | "arguments",
): Promise<Payload> {
  const { deno, libraries } = userland;
  checkPlaces(Object.keys(program.files), { [DENO]: deno, ...libraries });
  // The folders of a library that its loader knows from ld.so.conf only, such as /usr/local/lib.
  const folders = new Set(
    Object.keys(libraries).map((path) => path.slice(0, path.lastIndexOf("/"))),
  );
  return {
    base: {
      [DENO]: deno,
      ...libraries,
      ...start === "order" && {
        [LOADER]: fileURLToPath(new URL("loader.ts", import.meta.url)),
      },
    },
    own: { ...program.files, ...await analysed(program.files, DENO_DIR) },
    argv: start === "order"
      ? [...DENO_RUN, `--preload=${LOADER}`, programPath]
      : [...DENO_RUN, programPath, ...program.args],
    environ: [...ENVIRONMENT, `LD_LIBRARY_PATH=${[...folders].join(":")}`],
  };
}

/** Where a guest has file systems of its own, and files that it is run by. */
const taken =
  /^\/((proc|sys|dev|tmp)\/|(init|ringside\/(order|program|argv|environ))$)/;

/**
 * Sees to it that a program is one, and lies in nobody's way.
 *
 * @throws {Error} naming the file.
 */
function checkPlaces(paths: readonly string[], base: GuestFiles): void {
  if (!paths.includes(programPath)) {
    throw new Error(`Cannot make a guest: the program has no ${programPath}`);
  }
  const bad = paths.find((path) => taken.test(path) || path in base);
  if (bad === undefined) return;
  throw new Error(`Cannot take ${bad} into the guest: that place is its own`);
}
