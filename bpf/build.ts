/**
 * Builds `NAME.bpf.c` of bpf/ and of examples/ to `bpf/build/NAME.bpf.o` where
 * the source, what it includes or this file is newer: `deno task bpf`.
 *
 * @module
 */

import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const output = `${folder}build`;

/** Linux' names of the machine for headers and for libbpf's tracing macros. */
const machines: Record<string, { triplet: string; target: string }> = {
  x86_64: { triplet: "x86_64-linux-gnu", target: "x86" },
  aarch64: { triplet: "aarch64-linux-gnu", target: "arm64" },
};

/** The arguments of clang for one source. `-mcpu=v1` is what 4.9 knows. */
function clangArguments(source: string, object: string): string[] {
  const machine = machines[Deno.build.arch];
  if (machine === undefined) {
    throw new Error(
      `Cannot build BPF objects: no headers are known for ${Deno.build.arch} (x86_64 and aarch64 are)`,
    );
  }
  return [
    ...["-O2", "-g", "-Wall", "-Werror", "-target", "bpf", "-mcpu=v1"],
    `-D__TARGET_ARCH_${machine.target}`,
    ...["-I", folder, "-idirafter", `/usr/include/${machine.triplet}`],
    ...["-c", source, "-o", object],
  ];
}

/** When the file was last written, in ms; 0 where there is none. */
function modified(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

/** Every source, as its path from this folder. */
function sources(): string[] {
  return ["", "../examples/"].flatMap((from) =>
    entries(`${folder}${from}`).map((name) => `${from}${name}`)
      .filter((name) => name.endsWith(".bpf.c")).sort()
  );
}

/** The names in a folder; where there is no folder, none. */
function entries(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Where the object of a source is put. */
function objectOf(source: string): string {
  return `${output}/${basename(source).replace(/c$/, "o")}`;
}

/** A source and what it includes of this folder, directly or by another one. */
function withIncludes(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  let text = "";
  try {
    text = Deno.readTextFileSync(`${folder}${name}`);
  } catch {
    return seen; // of the system, in spite of its quotes; clang knows
  }
  for (const [, included = ""] of text.matchAll(/^#include "(.+)"/gm)) {
    withIncludes(included, seen);
  }
  return seen;
}

/** Compiles one source; the object appears whole or not at all. */
async function compile(name: string): Promise<void> {
  const object = objectOf(name);
  const unfinished = `${object}.${Deno.pid}`;
  const clang = Deno.env.get("CLANG") ?? "clang";
  const command = new Deno.Command(clang, {
    args: clangArguments(`${folder}${name}`, unfinished),
    stderr: "piped",
  });
  try {
    const { success, stderr } = await command.output();
    if (!success) throw new Error(explain(name, stderr));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot build ${name}: ${clang} is not installed (on Debian and Ubuntu: apt-get install clang)`,
    );
  }
  await Deno.rename(unfinished, object);
}

/** What clang said, with the missing package if it is one of the known. */
function explain(name: string, stderr: Uint8Array): string {
  const text = new TextDecoder().decode(stderr).trimEnd();
  const hint = /'bpf\/\w+\.h' file not found/.test(text)
    ? " (on Debian and Ubuntu: apt-get install libbpf-dev)"
    : /'(linux|asm)\/\w+\.h' file not found/.test(text)
    ? " (on Debian and Ubuntu: apt-get install linux-libc-dev)"
    : "";
  return `Cannot build ${name}${hint}\n${text}`;
}

/** Builds what is out of date and answers the names of the objects built. */
export async function build(): Promise<string[]> {
  await Deno.mkdir(output, { recursive: true });
  const stale = sources().filter((name) => {
    const object = modified(objectOf(name));
    const inputs = ["build.ts", ...withIncludes(name)];
    return inputs.some((input) => object <= modified(`${folder}${input}`));
  });
  await Promise.all(stale.map(compile));
  return stale.map((name) => basename(name));
}

if (import.meta.main) {
  try {
    const built = await build();
    if (built.length > 0) {
      const text = `Built ${built.join(", ")}\n`;
      await Deno.stderr.write(new TextEncoder().encode(text));
    }
  } catch (error) {
    const text = `${error instanceof Error ? error.message : error}\n`;
    await Deno.stderr.write(new TextEncoder().encode(text));
    Deno.exit(69);
  }
}
