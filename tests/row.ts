/**
 * Rows whose machine never ran.
 *
 * @module
 */
import type { Named } from "../kernels/kernel.ts";
import type { Terms } from "./plan.ts";
import type { Row } from "./results.ts";

/** What a row has from its kernel. */
export function identity(
  kernel: Named,
): Pick<Row, "id" | "label" | "simulated"> {
  return {
    id: kernel.id,
    label: kernel.label,
    simulated: kernel.simulated ?? null,
  };
}

/** The row of a kernel that could not be had: a reason, and no cells. */
export function unavailableRow(
  kernel: Named,
  plan: Terms,
  error: unknown,
): Row {
  return {
    ...blank(kernel, plan),
    state: "unavailable",
    why: reasonOf(error),
    claims: [],
  };
}

/** The row of a kernel that was had, and whose machine this one could not start, or did not before the run was cancelled. */
export function lostRow(
  kernel: Named,
  plan: Terms,
  error: unknown,
  provisionMs: number,
): Row {
  const row = blank(kernel, plan);
  const ending = { is: "lost", why: reasonOf(error), console: "" } as const;
  const timings = { ...row.timings, provisionMs };
  return { ...row, timings, ...plan.errand.listen(kernel).end(ending) };
}

/** Why a row is lost when the user ended the run. */
export const cancelled = "The run was cancelled";

/** Milliseconds since a moment of `performance.now()`. */
export function since(moment: number): number {
  return Math.round(performance.now() - moment);
}

function blank(kernel: Named, plan: Terms): Omit<Row, "state" | "claims"> {
  return {
    ...identity(kernel),
    driver: plan.driver,
    accel: null,
    release: null,
    arch: null,
    cpus: plan.cpus,
    timings: { provisionMs: 0, bootMs: 0, runMs: 0 },
  };
}

/** One line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}
