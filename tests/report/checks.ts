/**
 * A row as a test runner's formats see it: named checks with an outcome. Rows
 * without claims have one that stands for the whole of them, so that no kernel
 * is silently left out.
 *
 * @module
 */
import type { Json } from "../claim.ts";
import type { Outcome, Row } from "../results.ts";

/** One named check on one kernel. */
export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  /** Milliseconds. */
  readonly ms: number;
  readonly why?: string;
  readonly evidence: Readonly<Record<string, Json>>;
}

/** The claims, or what there is instead of them, and a machine's loss behind them. */
export function checksOf(row: Row): Check[] {
  if (row.state === "unavailable") {
    return [{
      ...whole(row, "The kernel can be had"),
      outcome: "absent",
      why: row.why ?? "",
    }];
  }
  const cells = row.claims.map(({ id, title, verdict, ms, why, evidence }) => ({
    name: `${id} ${title}`,
    outcome: verdict,
    ms,
    ...(why !== undefined && { why }),
    evidence,
  }));
  return [...cells, ...programOf(row), ...lossOf(row)];
}

/** The end of the user's own program. */
function programOf(row: Row): Check[] {
  if (row.exit === undefined) return [];
  const check = whole(row, "The program ends with exit code 0");
  return row.exit === 0
    ? [{ ...check, outcome: "holds" }]
    : [{ ...check, outcome: "fails", why: `Exit code ${row.exit}` }];
}

/** A loss that no claim tells of. */
function lossOf(row: Row): Check[] {
  if (row.state !== "lost") return [];
  if (row.claims.some(({ verdict }) => verdict === "lost")) return [];
  const check = whole(row, "The machine lives to its end");
  return [{ ...check, outcome: "lost", why: row.why ?? "" }];
}

function whole(
  row: Row,
  name: string,
): Pick<Check, "name" | "ms" | "evidence"> {
  const { bootMs, runMs } = row.timings;
  return { name, ms: bootMs + runMs, evidence: {} };
}
