/**
 * The Deno and the shared libraries of a guest: those of this machine where its processor is the
 * guest's, else Deno from npm and libraries from Debian.
 *
 * @module
 */
import { basename } from "node:path";
import { type Arch, hostArch } from "./arch.ts";
import { debianLibraries } from "./debian_libraries.ts";
import { readElf } from "./elf.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";
import { dependencies } from "./libraries.ts";
import type { Program } from "./machine.ts";
import { npmDeno } from "./npm_deno.ts";

/** What a guest's programs are run by. */
export interface Userland {
  readonly arch: Arch;
  /** The host path of Deno. */
  readonly deno: string;
  /** Guest path → host path of every library, the loader among them. */
  readonly libraries: Readonly<Record<string, string>>;
}

/**
 * This machine's. Libraries keep their paths; one that lies under another name than its soname,
 * such as one that somebody named, is there under that as well.
 *
 * @throws {Error} when a library or a tool is missing on this machine, naming it.
 */
export async function ownUserland(program: Program): Promise<Userland> {
  const deno = Deno.execPath();
  const needed = await dependencies([deno, ...program.libraries]);
  const libraries = [...new Set([...needed, ...program.libraries])].sort()
    .flatMap((path) => names(path).map((name) => [name, path] as const));
  return { arch: hostArch, deno, libraries: Object.fromEntries(libraries) };
}

function names(path: string): string[] {
  const { soname = basename(path) } = readElf(path);
  const called = `${path.slice(0, path.lastIndexOf("/"))}/${soname}`;
  return [...new Set([path, called])];
}

/** Deno's own needs. */
const packages = ["libc6", "libgcc-s1"];

/** Where the guest's loader looks by itself. */
const libraryFolder = "/lib";

/**
 * The userland of `program` for another processor, out of the cache or had now. For the program's
 * libraries, which are this machine's, there are those of the same soname.
 *
 * @throws {Unavailable} with a reason of one line, or the signal's reason.
 */
export async function foreignUserland(
  arch: Arch,
  program: Program,
  options: ProvisionOptions,
): Promise<Userland> {
  const wanted = [...packages, ...program.packages ?? []];
  const [deno, there] = await Promise.all([
    npmDeno(arch, options),
    debianLibraries(arch, wanted, options),
  ]);
  const { loader = "" } = readElf(deno);
  const sonames = program.libraries.map((path) =>
    readElf(path).soname ?? basename(path)
  );
  const found = closure([deno], [basename(loader), ...sonames], there);
  const libraries = found.map(([soname, path]) =>
    [
      soname === basename(loader) ? loader : `${libraryFolder}/${soname}`,
      path,
    ] as const
  );
  return { arch, deno, libraries: Object.fromEntries(libraries) };
}

/** Every library that these binaries and sonames need, by its soname. */
export function closure(
  binaries: readonly string[],
  sonames: readonly string[],
  there: ReadonlyMap<string, string>,
): [soname: string, path: string][] {
  const found = new Map<string, string>();
  const wanted = [
    ...sonames.map((soname) => ({ soname, by: "the program" })),
    ...binaries.flatMap(neededBy),
  ];
  for (const { soname, by } of wanted) { // It grows while it is walked.
    if (found.has(soname)) continue;
    const path = there.get(soname);
    if (path === undefined) {
      throw new Unavailable(
        `Cannot make a guest: ${by} needs ${soname}, which is in none of its packages`,
      );
    }
    found.set(soname, path);
    wanted.push(...neededBy(path));
  }
  return [...found].sort(([a], [b]) => a < b ? -1 : 1);
}

function neededBy(path: string): { soname: string; by: string }[] {
  const by = basename(path);
  return readElf(path).needed.map((soname) => ({ soname, by }));
}
