/**
 * The options that there are: their names, the values they take, what they are
 * for; and the help made of these.
 *
 * @module
 */
import { globHelp } from "../kernels/select.ts";
import { formats } from "./report/formats.ts";

const formatWords = Object.keys(formats).join(", ").replace(
  /, (\w+)$/,
  " or $1",
);

/** Options that take a value: the word for it, and what it is for. */
export const valued = {
  kernel: [
    "ID|GLOB|LABEL=PATH",
    "only these kernels, or one of your own; may be given again",
  ],
  claim: ["GLOB", "only these claims; may be given again"],
  driver: ["qemu|vagrant", "kernels in QEMU, or distributions in Vagrant"],
  accel: ["auto|kvm|tcg", "how QEMU runs them; auto tries KVM"],
  cpus: ["N", "virtual CPUs of a machine (2)"],
  memory: ["MIB", "memory of a machine (768; 1024 with vagrant)"],
  jobs: ["N", "machines at once (as many as cores and memory allow)"],
  timeout: [
    "SECONDS",
    "for one machine, boot and claims (300; 900 with vagrant)",
  ],
  report: ["FORMAT=PATH", `write ${formatWords}; may be given again`],
  baseline: ["PATH", "compare with an earlier json; only regressions fail"],
  shard: ["I/N", "this machine's part of the kernels; see report merge"],
  mirror: ["SITE=URL", "take a site, such as debian or ubuntu, from there"],
} as const;

/** Options that take none. */
export const flags = {
  cold: "boot every machine; else QEMU brings back one that it froze before",
  offline: "use what is cached, and no network",
  keep: "with vagrant, halt machines and go on with them next time",
  strict: "exit with 69 when a kernel could not be had",
  list: "show the kernels and the claims, and run nothing",
  help: "show this",
} as const;

/** The name of an option with a value. */
export type Valued = keyof typeof valued;
/** The name of an option without one. */
export type Flag = keyof typeof flags;

/** The options of a command. */
export interface Names {
  readonly valued: readonly Valued[];
  readonly flags: readonly Flag[];
}

/** Those of the matrix. */
export const allNames: Names = {
  valued: Object.keys(valued) as Valued[],
  flags: Object.keys(flags) as Flag[],
};
/** Those of the claims on the running kernel. */
export const localNames: Names = {
  valued: ["claim", "report"],
  flags: ["help"],
};
/** Those of what is done to some claims on one kernel. */
export const kernelNames: Names = {
  valued: ["kernel", "claim"],
  flags: ["list", "help"],
};

/** The help text of the matrix. */
export function help(): string {
  return [
    "Usage: deno task test:matrix [options] [-- program.ts args…]",
    "Boots every kernel in a machine, proves every claim in it, prints the matrix.",
    "",
    ...helpLines(allNames),
    helpLine(
      "-- PROGRAM.ts ARGS…",
      "run this Deno program in every kernel, no claims; *.bpf.o",
    ),
    helpLine("", "beside it travel along, bpf/build/*.bpf.o always do"),
    "",
    globHelp,
    "Exit status: 0 all as promised; 1 a claim failed, or your program in a kernel; 64 bad",
    "usage; 69 a machine was lost, no kernel could be had, or with --strict one could not.",
    "With --baseline, 1 is a regression only.",
    "",
  ].join("\n");
}

/** The help text of the claims on the running kernel. */
export function localHelp(): string {
  return [
    "Usage: deno task test:local [options]",
    "Proves every claim on the running kernel, as root.",
    "",
    ...helpLines(localNames),
    "",
    globHelp,
    "",
  ].join("\n");
}

function helpLines(names: Names): string[] {
  return [
    ...names.valued.map((name) =>
      helpLine(`--${name} ${valued[name][0]}`, valued[name][1])
    ),
    ...names.flags.map((name) => helpLine(`--${name}`, flags[name])),
  ];
}

function helpLine(option: string, text: string): string {
  return `  ${option.padEnd(29)} ${text}`;
}
