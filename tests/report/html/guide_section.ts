/**
 * What people ask, with each kernel's answer and the way out: the part of the
 * page to begin with.
 *
 * @module
 */
import type { Row } from "../../results.ts";
import { cellOf } from "../evidence.ts";
import { shortLabel } from "../grid.ts";
import { type Concern, guide } from "../guide.ts";
import { html, type Markup } from "./markup.ts";

/** All questions that some kernel answers. */
export function guideSection(rows: readonly Row[]): Markup {
  const told = guide.filter(({ answer }) =>
    rows.some((row) => answer(row) !== undefined)
  );
  if (told.length === 0) return html``;
  return html`<section aria-labelledby="guide"><h2 id="guide">What do you want to know?</h2>
${told.map((concern) => question(concern, rows))}
</section>`;
}

function question(concern: Concern, rows: readonly Row[]): Markup {
  const { id, asks, claims } = concern;
  const known = claims.filter((id) => rows.some((row) => cellOf(row, id)));
  return html`
    <details class="question" id="ask-${id}"><summary>${asks}</summary>
    <table class="answers"><thead><tr><th scope="col">Kernels</th><th scope="col">What was seen there</th></tr></thead><tbody>${answers(
      concern,
      rows,
    )}</tbody></table>
    ${advice(concern, rows)}
    <p><small>Proved by ${known.map((id) =>
      html`
        <a href="#${id}">${id}</a>
      `
    )}</small></p></details>
  `;
}

/** A line for each answer, with the kernels that give it. */
function answers({ answer }: Concern, rows: readonly Row[]): Markup[] {
  const groups = Map.groupBy(rows, (row) => answer(row));
  return [...groups].flatMap(([text, rows]) => {
    if (text === undefined) return [];
    const [first] = rows;
    const links = rows.map((row) =>
      html`
        <a href="#kernel-${row.id}">${shortLabel(row)}</a>
      `
    );
    return [
      html`
        <tr data-kernels="${ids(rows)}">
          <th scope="row">${links}<small>${first?.transport}</small></th>
          <td>${text}</td>
        </tr>
      `,
    ];
  });
}

/** What to do on each transport that answers. */
function advice({ answer, advice }: Concern, rows: readonly Row[]): Markup[] {
  return (["perf", "ring"] as const).flatMap((transport) => {
    const of = rows.filter((row) =>
      row.transport === transport && answer(row) !== undefined
    );
    const names = of.map(shortLabel).join(", ");
    return of.length === 0 ? [] : [
      html`
        <p class="advice"
          data-kernels="${ids(
            of,
          )}"><b>What to do on ${transport}</b> <small>(${names})</small>: ${advice[
            transport
          ]}</p>
      `,
    ];
  });
}

function ids(rows: readonly Row[]): string {
  return rows.map(({ id }) => id).join(" ");
}
