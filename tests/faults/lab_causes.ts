/**
 * What can befall a guest, each by a cause that is real: the kernel is told to
 * crash, its code is written over, memory runs out, somebody else writes to the
 * results channel. Runs in guests only, as root.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Proof } from "../claim.ts";
import { hello } from "../hello.ts";
import { encode } from "../wire.ts";

/** Where the native part lies in a guest. */
export const rogue = "/bin/rogue";

/**
 * Machine code that is text, so that the kernel's command line can carry it:
 * `xor 0x30303030, %esi`, a read of a page that nobody has.
 */
export const code = "34%0000";

/** A function of the kernel that runs only when somebody reads {@link seldomRead}. */
const seldomRun = "version_proc_show";
const seldomRead = "/proc/version";

/** What a guest does to itself in the middle of its claims, by name. */
export const causes: Readonly<Record<string, Proof>> = {
  nothing: () => {},
  otherName: () => {}, // It lies from its first word on.
  isolated: () => {
    const names = (folder: string): string[] =>
      [...Deno.readDirSync(folder)].map(({ name }) => name);
    const nets = names("/sys/class/net").filter((name) => name !== "lo");
    assert.deepEqual(nets, [], "no network");
    const disks = names("/sys/block").filter((name) =>
      !/^(loop|ram)/.test(name)
    );
    assert.deepEqual(disks, [], "no disk");
    const mounts = Deno.readTextFileSync("/proc/mounts");
    assert.doesNotMatch(
      mounts,
      / (9p|virtiofs|nfs|cifs) /,
      "no folder of the host's",
    );
  },
  panic: () => press("c"),
  reboot: () => press("b"),
  powerOff: async () => {
    press("o");
    await forever();
  },
  warning: async () => {
    await overwriteKernel();
    // The kernel looks at the code that it is to patch, and finds another.
    write("/sys/kernel/tracing/set_ftrace_filter", seldomRun);
    write("/sys/kernel/tracing/current_tracer", "function");
  },
  oops: async () => {
    await overwriteKernel();
    await run("read", seldomRead);
  },
  oopsInDeno: async () => {
    await overwriteKernel();
    Deno.readTextFileSync(seldomRead);
  },
  deaf: () => run("deaf", navigator.hardwareConcurrency),
  greedy: async () => {
    write("/proc/sys/kernel/sched_rt_runtime_us", "-1");
    await run("greedy", navigator.hardwareConcurrency);
  },
  guestMemory: () => grow(() => new Uint8Array(16 << 20).fill(1)),
  denoMemory: () => grow(() => new Array<number>(1 << 20).fill(0.5)),
  crash,
  throwLater: async () => {
    queueMicrotask(() => {
      throw new Error("thrown behind the claim's back");
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
  },
  exit: () => Deno.exit(3),
  endless: () => {
    for (;;);
  },
  neverSettled: () => forever(),
  lines: () => pour("a line that is no message\n".repeat(1000)),
  messages: () =>
    pour(encode({ type: "start", id: "Z2" }, nonce()).repeat(1000)),
  longLine: () => pour("x".repeat(1 << 16)),
  garbage: () => {
    const bytes = crypto.getRandomValues(new Uint8Array(4096));
    Deno.stdout.writeSync(bytes.map((byte) => byte === 10 ? 11 : byte));
    say('\n{"wire":2,"type":"bye"}\n{"wire":1,"type":"end","id":7}\n[]\n\n');
  },
  halfLine: () => say('{"wire":1,"type":"en'),
  unsigned: () => say(`RS 0 exit 0\n${forged()}${encode({ type: "bye" })}`),
  forgery: () => say(forged(nonce())),
  stranger: () => say(encode({ type: "start", id: "Z99" }, nonce())),
  secondName: () =>
    say(encode({ ...hello(), release: "9.9.9-elsewhere" }, nonce())),
  console: async () => {
    using port = await Deno.open("/dev/ttyS0", { write: true });
    const text = new TextEncoder().encode("noise on the console\n".repeat(512));
    for (;;) port.writeSync(text);
  },
  escapes: () => {
    throw new Error(
      "\x1b]0;a title\x07\x1b[2J\x1b[31mred\x1b[0m <script>alert(1)</script>\x9b2J",
    );
  },
};

/** What signs this run's messages; who shares the process of the claims can know it. */
function nonce(): string | undefined {
  return Deno.args.map((word) => /^--nonce=(.+)$/.exec(word)?.[1])
    .find((found) => found !== undefined);
}

/** The end of a claim that has not begun. */
function forged(nonce?: string): string {
  const end = { verdict: "holds", ms: 1, evidence: {} } as const;
  return encode({ type: "end", id: "Z3", ...end }, nonce);
}

/** Writes a letter to /proc/sysrq-trigger: Documentation/admin-guide/sysrq.rst. */
function press(key: string): void {
  write("/proc/sysrq-trigger", key);
}

function write(path: string, text: string): void {
  Deno.writeTextFileSync(path, text);
}

function say(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

function pour(text: string): never {
  for (;;) say(text);
}

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 1000));
}

function grow(more: () => unknown): never {
  const kept: unknown[] = [];
  for (;;) kept.push(more());
}

async function run(...args: readonly (string | number)[]): Promise<void> {
  const { code, signal } = await new Deno.Command(rogue, {
    args: args.map(String),
  }).output();
  // The kernel ends a program in which it oopsed by SIGKILL.
  if (code !== 0 && signal !== "SIGKILL") {
    throw new Error(`${rogue} ${args.join(" ")} ended with ${code}`);
  }
}

/** Writes {@link code} over a function of the kernel. */
async function overwriteKernel(): Promise<void> {
  const skip = Deno.readTextFileSync("/proc/cmdline").indexOf(code);
  const at = physicalAddress(seldomRun);
  await run("overwrite", at, skip, code.length);
}

/** Where a function of the kernel lies in physical memory. */
function physicalAddress(name: string): number {
  const symbols = Deno.readTextFileSync("/proc/kallsyms");
  const address = (symbol: string): bigint =>
    BigInt(`0x${new RegExp(`^(\\w+) . ${symbol}$`, "m").exec(symbols)?.[1]}`);
  const start = /^ *(\w+)-\w+ : Kernel code$/m.exec(
    Deno.readTextFileSync("/proc/iomem"),
  )?.[1];
  return Number(address(name) - address("_text") + BigInt(`0x${start}`));
}

/** Zeros over all code of this process, by its own hand. */
function crash(): void {
  const maps = Deno.readTextFileSync("/proc/self/maps");
  const spans = maps.matchAll(/^(\w+)-(\w+) r-xp .*\/deno$/gm);
  using memory = Deno.openSync("/proc/self/mem", { read: true, write: true });
  for (const [, from = "", to = ""] of spans) {
    memory.seekSync(BigInt(`0x${from}`), Deno.SeekMode.Start);
    memory.writeSync(
      new Uint8Array(Number(BigInt(`0x${to}`) - BigInt(`0x${from}`))),
    );
  }
}
