/**
 * What GitHub's runner makes of a log: groups that fold, errors that it shows
 * beside the change. Whatever a guest has a hand in is kept from giving the
 * runner commands of its own.
 *
 * @module
 */
import { printable } from "./report/text.ts";
import type { Row } from "./results.ts";

/** Whether this process runs in a step of GitHub's. */
export function isGithub(): boolean {
  return Deno.env.get("GITHUB_ACTIONS") === "true";
}

/**
 * A report with a folded list of claims for each kernel before it and an
 * annotation for all that is wrong behind it.
 *
 * @param token a word that no guest can guess: it ends what the runner must not obey.
 */
export function githubReport(
  report: string,
  rows: readonly Row[],
  token: string,
): string {
  const told = rows.filter(({ claims }) => claims.length > 0);
  return [
    ...told.map((row) => group(row, token)),
    guarded(report, token),
    ...rows.flatMap(annotations),
  ].join("");
}

/** Text in which the runner, which looks behind blanks too, looks for no commands. */
function guarded(text: string, token: string): string {
  return `::stop-commands::${token}\n${text.trimEnd()}\n::${token}::\n`;
}

function group(row: Row, token: string): string {
  const { id, release, claims, timings: { bootMs, runMs } } = row;
  const title =
    `${id} (${release ?? "no release"}): ${claims.length} claims, ` +
    `${((bootMs + runMs) / 1000).toFixed(1)} s`;
  const lines = claims.map(({ id, verdict, title, why }) => {
    const reason = why === undefined ? "" : `: ${why.replaceAll(/\s+/g, " ")}`;
    return `${verdict.padEnd(6)} ${id.padEnd(4)} ${title}${reason}`;
  });
  const text = guarded(printable(lines.join("\n")), token);
  return `::group::${data(title)}\n${text}::endgroup::\n`;
}

/** An error for each failure and each loss, a warning for what could not be had. */
function annotations(row: Row): string[] {
  const failures = row.claims.filter(({ verdict }) => verdict === "fails")
    .map(({ id, title, why = "" }) =>
      command("error", `${id} fails on ${row.id}`, `${title}.\n${why}`)
    );
  const exit = (row.exit ?? 0) === 0
    ? []
    : [command("error", `Exit code ${row.exit} on ${row.id}`, row.label)];
  const { state, why = "" } = row;
  if (state === "ran") return [...failures, ...exit];
  return state === "lost"
    ? [...failures, command("error", `${row.id} was lost`, why)]
    : [command("warning", `${row.id} could not be had`, why)];
}

function command(
  name: "error" | "warning",
  title: string,
  text: string,
): string {
  return `::${name} title=${property(title)}::${data(text.trim())}\n`;
}

/** Text behind a command: what would end it is written in percent signs. */
function data(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
}

/** Text in a command. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
