/**
 * What is going on, as a table: a line for each row with its state, its claims
 * as a bar, its time, and the time that is left. Pure; the live view redraws it
 * as time passes.
 *
 * @module
 */
import type { Paces } from "./pace.ts";
import type { Progress } from "./progress.ts";
import type { Row } from "./results.ts";

/** A row as it is now. */
type State =
  | { readonly is: "waiting" }
  | {
    readonly is: "flying";
    readonly doing: string;
    /** Moment from which the row's clock counts. */
    readonly since: number;
    /** Moment at which its first claim began, and how far it is. */
    readonly claims?: { readonly since: number; nth: number; of: number };
  }
  | { readonly is: "done"; readonly how: string };

type Flying = Extract<State, { readonly is: "flying" }>;

/** With more rows than this only those in flight have a line: a table that scrolls cannot be redrawn. */
const mostLines = 16;
const barLength = 12;
const waiting: State = { is: "waiting" };

/** The rows of a run as they are now. */
export class Board {
  readonly #rows: Map<string, State>;
  readonly #paces: Paces;
  readonly #width: number;

  /** @param paces how long rows took the last time. */
  constructor(rows: readonly string[], paces: Paces = new Map()) {
    this.#rows = new Map(rows.map((row) => [row, waiting]));
    this.#paces = paces;
    this.#width = Math.max(0, ...rows.map((row) => row.length));
  }

  /** Takes an event that came at `now`, in milliseconds of any clock. */
  take(event: Progress, now: number): void {
    if (event.is === "note") return;
    if (event.is === "done") {
      this.#rows.set(event.row.id, { is: "done", how: outcome(event.row) });
    } else if (event.is === "provisioned") this.#rows.set(event.row, waiting);
    else this.#fly(event, now);
  }

  #fly(
    event: Exclude<Progress, { is: "note" | "done" | "provisioned" }>,
    now: number,
  ): void {
    const last = this.#rows.get(event.row);
    const before = last?.is === "flying" ? last : undefined;
    const since = event.is === "booting" ? now : before?.since ?? now;
    const claims = claimsOf(event, before, now);
    this.#rows.set(event.row, {
      is: "flying",
      doing: doing(event) ?? before?.doing ?? "",
      since,
      ...(claims !== undefined && { claims }),
    });
  }

  /** The lines at `now`, none longer than `width`. */
  lines(now: number, width: number): string[] {
    const rows = [...this.#rows];
    const shown = rows.length > mostLines
      ? rows.filter(([, { is }]) => is === "flying")
      : rows;
    const counts = (["waiting", "done"] as const).flatMap((name) => {
      const count = rows.filter(([, { is }]) => is === name).length;
      return count > 0 ? [`${count} ${name}`] : [];
    });
    const lines = shown.map(([row, state]) => this.#line(row, state, now));
    const last = shown.length < rows.length ? [counts.join(", ")] : [];
    return [...lines, ...last].map((line) => line.slice(0, width - 1));
  }

  #line(row: string, state: State, now: number): string {
    const name = row.padEnd(this.#width);
    switch (state.is) {
      case "waiting":
        return `${name}  waiting`;
      case "done":
        return `${name}  ${state.how}`;
      case "flying": {
        const clock = `${((now - state.since) / 1000).toFixed(1)} s`;
        const left = this.#left(row, state, now);
        const rest = left === undefined
          ? ""
          : `, about ${Math.ceil(left / 1000)} s left`;
        return `${name}  ${bar(state)}${
          state.doing.padEnd(18)
        } ${clock}${rest}`;
      }
    }
  }

  /** Milliseconds that are left: by the last run, else by the claims so far. */
  #left(
    row: string,
    { since, claims }: Flying,
    now: number,
  ): number | undefined {
    if (claims === undefined) return undefined;
    const pace = this.#paces.get(row);
    const whole = pace && pace.bootMs + pace.claimMs * claims.of;
    if (whole !== undefined) return Math.max(1, whole - (now - since));
    const done = claims.nth - 1;
    if (done < 5) return undefined;
    return (now - claims.since) / done * (claims.of - done);
  }
}

function claimsOf(
  event: Progress,
  before: Flying | undefined,
  now: number,
): Flying["claims"] {
  if (event.is !== "step" || event.step.is !== "claim") return before?.claims;
  const { nth, of } = event.step;
  return { since: before?.claims?.since ?? now, nth, of };
}

/** The claims that have ended, as a part of a bar. */
function bar({ claims }: Flying): string {
  if (claims === undefined) return "";
  const full = Math.round((claims.nth - 1) / claims.of * barLength);
  return `${"█".repeat(full)}${"░".repeat(barLength - full)} `;
}

function doing(event: Progress): string | undefined {
  switch (event.is) {
    case "provisioning":
      return event.text ?? "provisioning";
    case "booting":
      return "booting";
    case "freezing":
      return "booting to freeze";
    case "up":
      return "up";
    case "step":
      if (event.step.is === "output") return undefined;
      return `${event.step.id} (${event.step.nth} of ${event.step.of})`;
    default:
      return undefined;
  }
}

/** One line for a change that is worth one in a log; undefined for the others. */
export function logLine(event: Progress): string | undefined {
  switch (event.is) {
    case "note":
      return event.text;
    case "provisioned":
      return `${event.row}: provisioned, ${event.release}`;
    case "freezing":
      return `${event.row}: booting once, to freeze it`;
    case "up":
      return `${event.row}: up after ${seconds(event.bootMs)}`;
    case "done":
      return `${event.row.id}: ${outcome(event.row)}`;
    default:
      return undefined;
  }
}

function outcome(row: Row): string {
  if (row.state !== "ran") return `${row.state}: ${row.why ?? ""}`;
  const time = seconds(row.timings.bootMs + row.timings.runMs);
  if (row.exit !== undefined) return `exit code ${row.exit} after ${time}`;
  const fails = row.claims.filter((cell) => cell.verdict === "fails");
  const failed = fails.length === 0
    ? ""
    : `, FAILS: ${fails.map((cell) => cell.id).join(" ")}`;
  const claims = row.claims.length === 1
    ? "1 claim"
    : `${row.claims.length} claims`;
  return `done, ${claims} in ${time}${failed}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
