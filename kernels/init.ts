/**
 * Builds the guest's first process out of init.c.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type Arch, arches, hostArch } from "./arch.ts";
import { place } from "./cached.ts";
import { sha256 } from "./digest.ts";
import { findExecutable, output } from "./executable.ts";

const FLAGS = [
  ...["-std=c11", "-Os", "-Wall", "-Wextra", "-Werror"],
  // No libc and nothing that would want one: see init.c.
  ...["-ffreestanding", "-nostdlib", "-static", "-fno-stack-protector"],
  // At a fixed address: the kernel starts it as it is, no loader applies relocations.
  ...["-fno-pic"],
  ...["-Wl,--build-id=none", "-Wl,-z,noexecstack", "-Wl,-s"],
];

/**
 * binutils' ld is what clang asks for by itself, for another processor binutils' for that one; where
 * only lld is installed, that does as well, for every processor.
 */
const LINKERS = [[], ["-fuse-ld=lld"]];

/**
 * The path of the built first process, below `cache`, built only when source or flags are new.
 *
 * @throws {Error} when clang or a linker is missing, with the package to install.
 */
export async function buildInit(cache: string, arch: Arch): Promise<string> {
  const source = fileURLToPath(new URL("init.c", import.meta.url));
  const key = await sha256(
    `${arch} ${FLAGS.join(" ")}\n${await Deno.readTextFile(source)}`,
  );
  return await place(
    `${cache}/init/${key}`,
    (path) => compile(source, path, arch),
  );
}

async function compile(
  source: string,
  path: string,
  arch: Arch,
): Promise<void> {
  const clang = findExecutable("clang");
  if (!clang) {
    throw failure("clang is not installed (on Debian: apt-get install clang)");
  }
  const complaints: string[] = [];
  for (const linker of LINKERS) {
    const built = await output(clang, [
      `--target=${arches[arch].target}`,
      ...FLAGS,
      ...linker,
      "-o",
      path,
      source,
    ]);
    if (built.success) return;
    complaints.push(built.stderr);
  }
  const said =
    complaints[0]?.split("\n").find((line) => line.includes("error:")) ??
      "clang failed";
  throw failure(
    complaints.every((text) => /linker|ld'/.test(text))
      ? `${said} (on Debian: apt-get install ${
        arch === hostArch ? "binutils" : "lld"
      })`
      : said,
  );
}

function failure(cause: string): Error {
  return new Error(`Cannot build the guest's first process: ${cause}`);
}
