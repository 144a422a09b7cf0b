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

/** What is being compiled lies here: a build, of which there is one at a time, removes it. */
const unfinished = `${output}/unfinished`;

const clang = Deno.env.get("CLANG") || "clang";

const exclusive = true;

const another = "another clang can be named in CLANG";

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

/** Compiles one source; the object appears whole or not at all. Answers what went wrong. */
async function compile(name: string): Promise<string | undefined> {
  const object = objectOf(name);
  const part = `${unfinished}/${basename(object)}`;
  const command = new Deno.Command(clang, {
    args: clangArguments(`${folder}${name}`, part),
    stderr: "piped",
  });
  try {
    const ended = await command.output();
    if (!ended.success) return complaint(ended);
  } catch (error) {
    return error instanceof Deno.errors.NotFound
      ? `: ${clang} is not installed (on Debian and Ubuntu: apt-get install clang)`
      : `: ${clang} cannot be run: ${causeOf(error)} (${another})`;
  }
  try {
    await Deno.rename(part, object);
  } catch (error) {
    return `: ${object} cannot be written: ${
      causeOf(error)
    } (remove what is there)`;
  }
  return undefined;
}

/** What clang said, with the missing package if it is one of the known; else how it ended. */
function complaint({ code, signal, stderr }: Deno.CommandOutput): string {
  const text = new TextDecoder().decode(stderr).trimEnd();
  if (signal !== null || text === "") {
    const how = signal !== null
      ? `was killed by ${signal}`
      : `ended with code ${code} and said nothing`;
    return `: ${clang} ${how} (${another})\n${text}`.trimEnd();
  }
  const hint = /'bpf\/\w+\.h' file not found/.test(text)
    ? " (on Debian and Ubuntu: apt-get install libbpf-dev)"
    : /'(linux|asm)\/\w+\.h' file not found/.test(text)
    ? " (on Debian and Ubuntu: apt-get install linux-libc-dev)"
    : "";
  return `${hint}\n${text}`;
}

/** The system's words for it, without Deno's number and call. */
function causeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(" (os error")[0]?.replace(/^Failed to spawn '.*': /, "") ??
    text;
}

/** Compiles them, as many at a time as there are processors; answers what went wrong with which. */
async function compileAll(
  names: readonly string[],
): Promise<Map<string, string[]>> {
  const faults = new Map<string, string[]>();
  const left = names.values();
  const work = async (): Promise<void> => {
    for (const name of left) {
      const fault = await compile(name);
      if (fault === undefined) continue;
      faults.set(fault, [...faults.get(fault) ?? [], basename(name)]);
    }
  };
  await Promise.all(
    Array.from({ length: navigator.hardwareConcurrency }, work),
  );
  return faults;
}

/** Makes the folder of objects this build's until it is disposed. */
async function occupy(): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  const remove = (): Promise<void> =>
    Deno.remove(unfinished, { recursive: true });
  try {
    await Deno.mkdir(output, { recursive: true });
    const held = undo.use(await Deno.open(output));
    await held.lock(exclusive);
    await remove().catch(() => {}); // of a build that was killed
    await Deno.mkdir(unfinished);
  } catch (error) {
    throw new Error(
      `Cannot build BPF objects in ${output}: ${
        causeOf(error)
      } (it has to be a folder that you may write to)`,
    );
  }
  undo.defer(remove);
  return undo.move();
}

/** The sources whose objects are older than what they are made of. */
function staleSources(): string[] {
  return sources().filter((name) => {
    const object = modified(objectOf(name));
    const inputs = ["build.ts", ...withIncludes(name)];
    return inputs.some((input) => object <= modified(`${folder}${input}`));
  });
}

/** Builds what is out of date and answers the names of the objects built. */
export async function build(): Promise<string[]> {
  // Where nothing is, the folder may be one that this user cannot write to.
  if (staleSources().length === 0) return [];
  await using _ = await occupy();
  const stale = staleSources();
  const faults = await compileAll(stale);
  if (faults.size === 0) return stale.map((name) => basename(name));
  // Whichever clang was done first, it is told the same.
  const told = [...faults].map(([fault, names]) =>
    `Cannot build ${names.sort().join(", ")}${fault}`
  );
  throw new Error(told.sort().join("\n"));
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
