/**
 * The QEMU that this machine has: where it is, how it differs, how it is started.
 *
 * @module
 */
import { type Arch, arches } from "./arch.ts";
import { findExecutable, output } from "./executable.ts";
import { tied } from "./tied.ts";

/** One thread takes turns for all emulated processors, or each has its own. */
export type Threads = "single" | "multi";

const asked = new Map<string, Promise<string>>();

/** QEMU's own line about itself, asked once: `QEMU emulator version 7.2.22 (Debian …)`. */
export function qemuVersion(path: string): Promise<string> {
  const known = asked.get(path) ?? output(path, ["--version"]).then(firstLine);
  asked.set(path, known);
  return known;
}

function firstLine({ stdout }: { readonly stdout: string }): string {
  return stdout.split("\n")[0] ?? "";
}

/**
 * How emulated processors are safe in this QEMU.
 *
 * Before deba78709ae8 ("accel/tcg: Always lock pages before translation"), QEMU 8.1, one processor's
 * thread can translate code while another's patches it, and keeps the old translation for good.
 * Linux patches its code at every turn (static keys, tracepoints, BPF trampolines): with two threads
 * about one boot in a hundred hangs, a processor in an endless int3 at a place that has none any
 * more. In one thread nobody patches while another translates. Boots take as long as before.
 */
export function safeThreads(version: string): Threads {
  const [, major = 0, minor = 0] =
    /version (\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  return major > 8 || (major === 8 && minor >= 1) ? "multi" : "single";
}

/** How the QEMU at this path emulates; without one, as the oldest would. */
export async function threadsOf(path: string | undefined): Promise<Threads> {
  return safeThreads(path === undefined ? "" : await qemuVersion(path));
}

/**
 * Filters of QEMU's own on its system calls (seccomp): a guest that breaks into it starts no program,
 * gets no other user's rights and changes no priorities.
 */
const SANDBOX = [
  "-sandbox",
  "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
];

const confined = new Map<string, Promise<string[]>>();

/** The options that confine it; none for a QEMU that was built without seccomp. */
export function sandbox(path: string): Promise<string[]> {
  const known = confined.get(path) ??
    output(path, [...SANDBOX, "-machine", "help"]).then(({ success }) =>
      success ? SANDBOX : []
    );
  confined.set(path, known);
  return known;
}

/**
 * The path of what emulates `arch`, or of `name`.
 *
 * @throws {Error} when it is not installed, naming its package.
 */
export function findQemu(arch: Arch, name = arches[arch].qemu): string {
  const path = findExecutable(name);
  if (path) return path;
  throw new Error(
    `Cannot boot a guest: ${name} is not installed ` +
      `(on Debian: apt-get install ${arches[arch].qemuPackage})`,
  );
}

/** Starts it, to be killed with this process. */
export function spawnQemu(path: string, args: string[]): Deno.ChildProcess {
  const [command = path, ...words] = tied([path, ...args]);
  return new Deno.Command(command, {
    args: words,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
