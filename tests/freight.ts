/**
 * What every guest carries along: the built BPF objects and libbpf. A guest has
 * no network and no disk, so what is missing here is missing there.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type Arch, hostArch } from "../kernels/arch.ts";
import type { BundleOptions } from "../kernels/bundle.ts";
import { readElf } from "../kernels/elf.ts";
import { systemWords } from "../kernels/system_words.ts";
import { hostImports } from "./imports.ts";

/** Files and libraries for a guest, and how its imports are resolved. */
export interface Freight {
  /** Guest path to host path. */
  readonly files: Readonly<Record<string, string>>;
  /** Host paths of shared libraries. */
  readonly libraries: readonly string[];
  /** Debian's packages of them and of what they need, for guests of another processor. */
  readonly packages: readonly string[];
  /** The import map that this run itself uses, where it uses one. */
  readonly imports: BundleOptions;
}

/** Where objects lie in a guest: programs run in /, so that the path is that of the project. */
export const guestObjects = "/bpf/build";

/** Where a program of the user's own lies in a guest when another masks the kernel for it. */
export const unmaskedPath = "/unmasked.js";

/** Where objects lie on this machine. */
export const hostObjects = fileURLToPath(
  new URL("../bpf/build", import.meta.url),
);

/** Something that a run needs is not on this machine; the message is one line with the way out. */
export class Missing extends Error {
  override readonly name = "Missing";
}

/**
 * Collects the freight.
 *
 * @throws {Missing} when the objects are not built or libbpf is not installed.
 */
export async function collectFreight(): Promise<Freight> {
  return {
    files: objectFiles(hostObjects),
    libraries: [await findLibbpf()],
    packages: ["libbpf1", "libelf1", "zlib1g"],
    imports: hostImports(),
  };
}

/** The objects of a folder, by their places in a guest. */
export function objectFiles(folder: string): Record<string, string> {
  const way =
    "build them with `deno task bpf` (it needs clang: apt-get install clang)";
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    throw new Missing(
      `There are no BPF objects, since ${folder} cannot be read: ${way}`,
    );
  }
  const objects = names.filter((name) => name.endsWith(".bpf.o")).sort();
  if (objects.length === 0) {
    throw new Missing(`There are no BPF objects in ${folder}: ${way}`);
  }
  return Object.fromEntries(
    objects.map((name) => [`${guestObjects}/${name}`, `${folder}/${name}`]),
  );
}

/**
 * The path of libbpf on this machine: what RINGSIDE_LIBBPF names, else what the
 * loader would take.
 *
 * @throws {Missing} when there is none.
 */
export async function findLibbpf(): Promise<string> {
  const named = Deno.env.get("RINGSIDE_LIBBPF") ?? "";
  if (named !== "") return checked(named);
  const path = loaderPath(await loaderCache());
  if (path === undefined) {
    throw new Missing(
      "There is no libbpf on this machine: install it (apt-get install libbpf1), " +
        "or name it in RINGSIDE_LIBBPF",
    );
  }
  return path;
}

/** What ldconfig calls the libraries of a processor. */
const marks: Readonly<Record<Arch, string>> = {
  x86_64: "x86-64",
  aarch64: "AArch64",
};

/** The path of libbpf in what `ldconfig -p` prints, for this processor. */
export function loaderPath(cache: string, arch = hostArch): string | undefined {
  const mark = marks[arch];
  const path = (version: number): string | undefined =>
    new RegExp(`^\\s*libbpf\\.so\\.${version} \\(.*${mark}.*\\) => (.+)$`, "m")
      .exec(cache)?.[1];
  return path(1) ?? path(0);
}

async function loaderCache(): Promise<string> {
  for (const ldconfig of ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"]) {
    try {
      const { stdout } = await new Deno.Command(ldconfig, { args: ["-p"] })
        .output();
      return new TextDecoder().decode(stdout);
    } catch {
      continue; // sbin is not on every user's path
    }
  }
  return "";
}

/** A library that may be loaded, as far as its head tells. */
function checked(path: string): string {
  try {
    // To open a FIFO is to wait for its writer.
    if (!Deno.statSync(path).isFile) throw new Error(`${path} is no file`);
    readElf(path);
    return path;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Missing(`RINGSIDE_LIBBPF names ${path}, which is not there`);
    }
    throw new Missing(
      `Cannot take libbpf from RINGSIDE_LIBBPF, which names ${path}: ` +
        `${systemWords(error)}; name the path of libbpf.so.1`,
    );
  }
}
