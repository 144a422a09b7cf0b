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
  const answering = rows.filter((row) => concern.answer(row) !== undefined);
  return html`
    <details class="question" id="ask-${concern.id}"><summary>${concern
      .asks}</summary>
    <table class="answers"><thead><tr><th scope="col">Kernel</th><th scope="col">What was seen there</th></tr></thead><tbody>${answering
      .map((row) =>
        html`
          <tr data-kernel="${row.id}">
            <th
              scope="row"><a href="#kernel-${row.id}">${shortLabel(
                row,
              )}</a> <small>${row.transport}</small></th>
            <td>${concern.answer(row)}</td>
          </tr>
        `
      )}</tbody></table>
    ${(["perf", "ring"] as const).flatMap((transport) => {
      const of = answering.filter((row) => row.transport === transport);
      return of.length === 0 ? [] : [
        html`
          <p class="advice"
            data-kernels="${of.map(({ id }) => id).join(
              " ",
            )}"><b>What to do on ${transport}</b> <small>(${of.map(shortLabel)
              .join(", ")})</small>: ${concern.advice[transport]}</p>
        `,
      ];
    })}
    <p><small>Proved by ${concern.claims.filter((id) =>
      rows.some((row) => cellOf(row, id))
    )
      .map((id) =>
        html`
          <a href="#${id}">${id}</a>
        `
      )}</small></p></details>
  `;
}
