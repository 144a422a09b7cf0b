/**
 * Machines that are made up: each acts out a script, and nothing is booted.
 *
 * @module
 */
import { type Image, type Kernel, Unavailable } from "../../kernels/kernel.ts";
import type { MachineEvent } from "../../kernels/machine.ts";
import { type Claim, claim } from "../claim.ts";
import type { Errand } from "../errand.ts";
import type { Machines, Plan } from "../plan.ts";
import { Ledger, type Spent } from "../spent.ts";
import { Transcript } from "../transcript.ts";
import { encode, type Message, type Told } from "../wire.ts";

/** What the guests are sent to prove. */
export const claims: readonly Claim[] = ["F1", "O1", "R1"].map((id) =>
  claim({ id, title: `Sentence ${id}`, source: "a document", prove: () => {} })
);

const program = { args: [], files: {}, libraries: [] };

/** What a stand-in of an initramfs is packed into. */
export const archives = {
  cache: "/cache",
  base: "/cache/base.cpio",
  program: "/cache/program.cpio",
};
const errand: Errand = {
  program: () => Promise.resolve(program),
  listen: () => new Transcript(claims),
};

/** A kernel of this name. */
export const kernel = (id: string): Kernel => ({
  ...{ id, label: id, source: { kind: "file", path: "/vmlinuz" }, cmdline: [] },
});

/** A plan for these kernels. */
export function plan(
  kernels: readonly Kernel[],
  more: Partial<Plan> = {},
): Plan {
  return {
    kernels,
    errand,
    cold: true,
    cpus: 2,
    memoryMiB: 768,
    accel: "auto",
    timeoutMs: 1000,
    cache: "/cache",
    driver: "qemu",
    mirrors: {},
    offline: false,
    signal: new AbortController().signal,
    ...more,
  };
}

/** The event of a message. */
export const line = (message: Message): MachineEvent => ({
  type: "line",
  text: encode(message).trimEnd(),
});
/** The first process runs. */
export const up: MachineEvent = { type: "up", bootMs: 1234.5 };
/** The program ended well. */
export const done: MachineEvent = {
  ...{ type: "exit", code: 0, runMs: 10, console: "" },
};
/** The machine was lost. */
export const panic: MachineEvent = {
  type: "lost",
  why: "The kernel panicked",
  console: "Oops",
};
/** The guest says hello. */
export const hello: MachineEvent = line({
  ...{
    type: "hello",
    release: "6.1.0",
    arch: "x86_64",
    cpus: 2,
    deno: "2",
    libbpf: "1.1",
  },
});
/** It has asked the kernel. */
export const transport: MachineEvent = line({
  type: "transport",
  transport: "ring",
  reason: "ok",
});
/** It proves a claim. */
export const proof = (id: string, verdict: Told = "holds"): MachineEvent[] => [
  line({ type: "start", id }),
  line({ type: "end", id, verdict, ms: 1, evidence: {} }),
];
const ledger = new Ledger();
ledger.add("claimsMs", 2.04);
ledger.take("logMs", () => {});
/** Where its time went. */
export const spent: Spent = { ...ledger.spent, logMs: 0.5 };
/** It says bye. */
export const bye: MachineEvent = line({ type: "bye", spent });
/** A life without a fault. */
export const good: readonly MachineEvent[] = [
  up,
  hello,
  transport,
  ...proof("F1"),
  ...proof("O1"),
  ...proof("R1"),
  bye,
  done,
];

/** Machines that act out a script each, by the id of the kernel. */
export function machines(
  scripts: Record<string, readonly MachineEvent[]>,
  more: Partial<Machines> = {},
): Machines {
  return {
    provision: (kernel) =>
      kernel.id in scripts
        ? Promise.resolve(image(kernel))
        : Promise.reject(new Unavailable("the archive cannot be reached")),
    foreignUserland: (arch) =>
      Promise.resolve({ arch, deno: "/deno", libraries: {} }),
    pack: () => Promise.resolve(archives),
    chooseAccel: () =>
      Promise.resolve({ accel: "tcg", threads: "multi", note: "TCG" }),
    jobs: () => 2,
    async *run({ kernel }): AsyncGenerator<MachineEvent> {
      for (const event of scripts[kernel.id] ?? []) {
        await Promise.resolve();
        yield event;
      }
    },
    ...more,
  };
}

/** The image of a kernel. */
export const image = (kernel: Kernel): Image => ({
  ...{
    kernel,
    path: "/vmlinuz",
    release: "6.1.0",
    arch: "x86_64",
    sha256: "",
    from: "",
  },
});
