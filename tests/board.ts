/**
 * What is going on, as a few lines of text: one for each row in flight, and one
 * that counts the others. Pure; the live view redraws it as time passes.
 *
 * @module
 */
import type { Progress } from "./progress.ts";
import type { Row } from "./results.ts";

interface Flight {
  readonly doing: string;
  /** Moment from which the row's clock counts. */
  readonly since: number;
}

/** The rows of a run as they are now. */
export class Board {
  readonly #waiting: Set<string>;
  readonly #flying = new Map<string, Flight>();
  readonly #width: number;
  #done = 0;

  constructor(rows: readonly string[]) {
    this.#waiting = new Set(rows);
    this.#width = Math.max(0, ...rows.map((row) => row.length));
  }

  /** Takes an event that came at `now`, in milliseconds of any clock. */
  take(event: Progress, now: number): void {
    if (event.is === "note") return;
    if (event.is === "done") {
      this.#flying.delete(event.row.id);
      this.#waiting.delete(event.row.id);
      this.#done++;
    } else if (event.is === "provisioned") {
      this.#flying.delete(event.row);
      this.#waiting.add(event.row);
    } else this.#fly(event.row, doing(event), event.is, now);
  }

  #fly(
    row: string,
    doing: string | undefined,
    is: Progress["is"],
    now: number,
  ): void {
    const before = this.#flying.get(row);
    const fresh = before === undefined || is === "booting";
    const since = fresh ? now : before.since;
    this.#waiting.delete(row);
    this.#flying.set(row, { doing: doing ?? before?.doing ?? "", since });
  }

  /** The lines at `now`, none longer than `width`. */
  lines(now: number, width: number): string[] {
    const flights = [...this.#flying].map(([row, { doing, since }]) => {
      const clock = `${((now - since) / 1000).toFixed(1)} s`;
      const name = row.padEnd(this.#width);
      const room = width - name.length - clock.length - 5;
      return `${name}  ${
        doing.slice(0, room).padEnd(Math.min(room, 24))
      } ${clock}`;
    });
    const counts = [
      ...this.#waiting.size > 0 ? [`${this.#waiting.size} waiting`] : [],
      ...this.#done > 0 ? [`${this.#done} done`] : [],
    ];
    const last = counts.length > 0 ? [counts.join(", ")] : [];
    return [...flights, ...last].map((line) => line.slice(0, width - 1));
  }
}

function doing(event: Progress): string | undefined {
  switch (event.is) {
    case "provisioning":
      return event.text ?? "provisioning";
    case "booting":
      return "booting";
    case "up":
      return "up";
    case "step":
      if (event.step.is === "output") return undefined;
      return `claim ${event.step.id} (${event.step.nth} of ${event.step.of})`;
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
