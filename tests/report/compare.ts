/**
 * Two runs side by side: what is worse than it was, what is better, what is as
 * bad as it was, what is new, what has no verdict any more, and what has changed
 * around it all.
 *
 * @module
 */
import type { Outcome, Results, Row } from "../results.ts";

/** What became of a verdict: worse, better, still bad, without a before, without an after. */
export type Kind = "regression" | "fixed" | "known" | "new" | "lost";

/** One claim on one kernel, or a whole kernel, that there is something to say of. */
export interface Change {
  readonly kind: Kind;
  /** The kernel's id. */
  readonly kernel: string;
  /** The claim's id; undefined for a kernel as a whole, or the user's own program. */
  readonly claim?: string;
  /** The claim's sentence, or what stands for one. */
  readonly title: string;
  readonly before?: string;
  readonly now?: string;
  /** Why it is so now. */
  readonly why?: string;
}

/** Something around the claims that is not as it was. */
export interface Circumstance {
  /** "QEMU", "Deno", "libbpf", or the kernel whose release or accelerator it is. */
  readonly what: string;
  readonly before: string;
  readonly now: string;
}

/** All that differs. */
export interface Difference {
  /** The end of the run that is compared with, ISO 8601. */
  readonly since: string;
  readonly changes: readonly Change[];
  readonly environment: readonly Circumstance[];
}

/**
 * Compares a run with an earlier one. Kernels and claims that this run was not
 * asked for are not missed.
 */
export function compare(before: Results, now: Results): Difference {
  const rows = new Map(before.kernels.map((row) => [row.id, row]));
  return {
    since: before.finished,
    changes: now.kernels.flatMap((row) => changesOf(rows.get(row.id), row)),
    environment: [
      ...hosts(before, now),
      ...now.kernels.flatMap((row) => machines(rows.get(row.id), row)),
    ],
  };
}

/** Whether anything is worse than it was. */
export function hasRegression({ changes }: Difference): boolean {
  return changes.some(({ kind }) => kind === "regression");
}

/** What can be said of a kernel: each claim, or its program. */
interface Point {
  readonly claim?: string;
  readonly title: string;
  readonly verdict: Outcome;
  readonly why?: string;
}

function changesOf(before: Row | undefined, now: Row): Change[] {
  if (now.state === "unavailable") return missing(before, now);
  const earlier = new Map(
    (before === undefined ? [] : pointsOf(before))
      .map((point) => [point.claim, point]),
  );
  const changes = pointsOf(now).flatMap((point): Change[] => {
    const { claim, title, verdict, why } = point;
    const last = earlier.get(claim);
    const kind = kindOf(last?.verdict, verdict);
    return kind === undefined ? [] : [{
      kind,
      kernel: now.id,
      ...(claim !== undefined && { claim }),
      title,
      ...(last !== undefined && { before: last.verdict }),
      now: verdict,
      ...(why !== undefined && { why }),
    }];
  });
  return gathered(changes);
}

/** A machine takes many claims with it: they are one loss. */
function gathered(changes: readonly Change[]): Change[] {
  const [first, ...others] = changes.filter(({ kind }) => kind === "lost");
  const rest = changes.filter(({ kind }) => kind !== "lost");
  if (first === undefined) return rest;
  if (others.length === 0) return [...changes];
  const title = `${first.title}, and ${others.length} more behind it`;
  return [...rest, { ...first, title }];
}

/** A kernel that was had and cannot be had now: one loss, not one for each claim. */
function missing(before: Row | undefined, now: Row): Change[] {
  if (before === undefined || before.state === "unavailable") return [];
  return [{
    kind: "lost",
    kernel: now.id,
    title: "The kernel cannot be had",
    before: before.state,
    now: now.state,
    ...(now.why !== undefined && { why: now.why }),
  }];
}

function pointsOf(row: Row): Point[] {
  const points: Point[] = row.claims.map(({ id, title, verdict, why }) => ({
    claim: id,
    title,
    verdict,
    ...(why !== undefined && { why }),
  }));
  if (row.exit === undefined && points.length > 0) return points;
  if (row.state === "unavailable") return [];
  const title = "The program ends with exit code 0";
  if (row.exit === undefined) return [{ title, verdict: "lost" }];
  return [
    row.exit === 0
      ? { title, verdict: "holds" }
      : { title, verdict: "fails", why: `Exit code ${row.exit}` },
  ];
}

/** How good a verdict is; one of a lost machine is none. */
const worth: Readonly<Record<Outcome, number | undefined>> = {
  holds: 2,
  absent: 1,
  fails: 0,
  lost: undefined,
};

/** What became of a verdict; undefined for what is as good as it was. */
function kindOf(before: Outcome | undefined, now: Outcome): Kind | undefined {
  const was = before === undefined ? undefined : worth[before];
  const is = worth[now];
  if (is === undefined) return "lost";
  if (was === undefined) return "new";
  if (is < was) return "regression";
  if (is > was) return "fixed";
  return now === "fails" ? "known" : undefined;
}

function hosts(
  { host: before }: Results,
  { host: now }: Results,
): Circumstance[] {
  return [
    ...differing("Operating system", before.os, now.os),
    ...differing("QEMU", before.qemu, now.qemu),
    ...differing("libbpf", before.libbpf, now.libbpf),
    ...differing("Deno", before.deno, now.deno),
  ];
}

function machines(before: Row | undefined, now: Row): Circumstance[] {
  if (before === undefined) return [];
  return [
    ...differing(`${now.id}: release`, before.release, now.release),
    ...differing(`${now.id}: accelerator`, before.accel, now.accel),
    ...differing(`${now.id}: CPUs`, `${before.cpus}`, `${now.cpus}`),
    ...differing(
      `${now.id}: transport`,
      before.transport ?? null,
      now.transport ?? null,
    ),
  ];
}

/** What is unknown on one side is no difference. */
function differing(
  what: string,
  before: string | null,
  now: string | null,
): Circumstance[] {
  if (before === null || now === null || before === now) return [];
  return [{ what, before, now }];
}
