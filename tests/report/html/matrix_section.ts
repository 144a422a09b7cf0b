/**
 * The matrix with the filters above it and the meaning of its symbols below.
 *
 * @module
 */
import { chapters } from "../../claims/chapters.ts";
import type { Row } from "../../results.ts";
import { html, type Markup } from "./markup.ts";
import { matrixTable } from "./matrix.ts";
import { outcomeNames, outcomes } from "./outcome.ts";

/** The section of the rows that ran. */
export function matrixSection(rows: readonly Row[]): Markup {
  return html`
    <section
      aria-labelledby="matrix"><h2 id="matrix">Every claim on every kernel</h2>
    ${filters(rows)}
    <div class="matrix" tabindex="0" role="region" aria-label="The matrix">${matrixTable(
      rows,
      chapters,
    )}</div>
    <dl class="legend">${outcomeNames.map((name) =>
      html`
        <div>
          <dt class="${name}">${outcomes[name].symbol} ${name}</dt>
          <dd>${outcomes[name].means}</dd>
        </div>
      `
    )}</dl></section>
  `;
}

function filters(rows: readonly Row[]): Markup {
  return html`
    <form class="filters" aria-label="Filter the matrix" hidden>
      <label>Text <input type="search" name="text" placeholder="wakeup, EINVAL, 457f…"></label>
      <label>Kernel <select name="kernel"><option value="">all</option>${rows
        .map(({ id, label }) =>
          html`<option value="${id}">${label}</option>`
        )}</select></label>
      <fieldset><legend>Verdict somewhere</legend>${outcomeNames.map((name) =>
        html`
          <label
            class="${name}"><input type="checkbox" name="verdict" value="${name}"> ${outcomes[
              name
            ].symbol} ${name}</label>
        `
      )}<label><input type="checkbox" name="differs"> kernels differ</label></fieldset>
      <output aria-live="polite"></output>
      <small>Arrow keys move between cells, Enter opens one, / goes to the text.</small>
    </form>
  `;
}
