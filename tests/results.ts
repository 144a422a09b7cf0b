/**
 * What a run yields: for every kernel a row, for every claim on it a cell, and
 * no cell blank. Reports are pure functions of these.
 *
 * @module
 */
import type { Json, Statement } from "./claim.ts";
import type { Spent } from "./spent.ts";

/** What became of a claim on a kernel. */
export type Outcome = "holds" | "absent" | "fails" | "lost";

/** One claim on one kernel. */
export interface Cell extends Statement {
  readonly verdict: Outcome;
  /** Milliseconds that the proof took; 0 for a claim that never began. */
  readonly ms: number;
  /** Why it is absent, fails or is lost. */
  readonly why?: string;
  readonly evidence: Readonly<Record<string, Json>>;
}

/** Where a row's time went, in milliseconds; what the guest did not come to tell is missing. */
export interface Timings extends Partial<Spent> {
  readonly provisionMs: number;
  /** From the start of the machine to the guest's first process. */
  readonly bootMs: number;
  /** From the guest's first process to the end of the machine. */
  readonly runMs: number;
  /** Before bootMs: the machine that was brought back was booted and frozen in this run. */
  readonly freezeMs?: number;
  /** Of it: from the first process to the first line of its program, Deno's start for the most. */
  readonly startMs?: number;
}

/** Where a row's machine ran, and what it said of itself; null where it never came to that. */
export interface Machine {
  readonly driver: "qemu" | "vagrant" | "none";
  readonly accel: "kvm" | "tcg" | null;
  readonly release: string | null;
  readonly arch: string | null;
  readonly cpus: number;
  /** Whether it booted from nothing, or was brought back from where its program had been loaded. */
  readonly start?: "cold" | "warm";
  /** The image that was booted, and where it is from; none for the running kernel. */
  readonly image?: { readonly sha256: string; readonly from: string };
}

/** One kernel and all that was seen on it. */
export interface Row extends Machine {
  readonly id: string;
  readonly label: string;
  /** Why the row does not show a kernel as it is; null for a real one. */
  readonly simulated: string | null;
  readonly state: "ran" | "lost" | "unavailable";
  /** Why it was lost or unavailable. */
  readonly why?: string;
  readonly transport?: "ring" | "perf" | "none";
  /** Why the SDK takes that transport. */
  readonly reason?: string;
  readonly timings: Timings;
  /** The last lines of the console, where the machine was lost or something failed. */
  readonly console?: string;
  /** What was odd and yet left no result in doubt. */
  readonly warnings?: readonly string[];
  /** Exit code of the user's own program, in a run that has one. */
  readonly exit?: number;
  readonly claims: readonly Cell[];
}

/** The machine that the matrix ran on. */
export interface Host {
  readonly os: string;
  readonly cpus: number;
  readonly qemu: string;
  readonly libbpf: string;
  readonly deno: string;
}

/** A whole run. */
export interface Results {
  /** ISO 8601. */
  readonly started: string;
  readonly finished: string;
  readonly host: Host;
  readonly kernels: readonly Row[];
}

/** Cells by outcome, and the rows that could not be had. */
export interface Summary {
  readonly holds: number;
  readonly absent: number;
  readonly fails: number;
  readonly lost: number;
  readonly unavailable: number;
}

/** Counts cells by outcome, and the rows that could not be had. */
export function summarize(rows: readonly Row[]): Summary {
  const cells = rows.flatMap((row) => row.claims);
  const count = (verdict: Outcome): number =>
    cells.filter((cell) => cell.verdict === verdict).length;
  return {
    holds: count("holds"),
    absent: count("absent"),
    fails: count("fails"),
    lost: count("lost"),
    unavailable: rows.filter((row) => row.state === "unavailable").length,
  };
}

/** What an exit status depends on beside the rows. */
export interface Judgement {
  /** Whether a row that could not be had is a failure of the run. */
  readonly strict: boolean;
  /** Whether something is worse than in the run compared with; then only this is a failure. */
  readonly regressed?: boolean;
}

/**
 * The exit status of a run: 1 when a claim failed or a user's own program ended
 * with another code than 0, or, compared with an earlier run, only when that is
 * a regression; else 69 when a machine was lost, when `strict` and a row could
 * not be had, or when no row ran at all; else 0.
 */
export function exitStatus(
  rows: readonly Row[],
  { strict, regressed }: Judgement = { strict: false },
): 0 | 1 | 69 {
  const failed = rows.some((row) =>
    (row.exit ?? 0) !== 0 || row.claims.some((cell) => cell.verdict === "fails")
  );
  if (regressed ?? failed) return 1;
  if (rows.some((row) => row.state === "lost")) return 69;
  if (strict && rows.some((row) => row.state === "unavailable")) return 69;
  return rows.some((row) => row.state === "ran") ? 0 : 69;
}
