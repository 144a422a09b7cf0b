/**
 * The page within the page of a claim: its sentence, its source, what it
 * corrects, and what each kernel said.
 *
 * @module
 */
import type { Json } from "../../claim.ts";
import type { Cell, Row } from "../../results.ts";
import { cellOf } from "../evidence.ts";
import { shortLabel } from "../grid.ts";
import { html, type Markup } from "./markup.ts";
import { badge } from "./outcome.ts";
import { sourceLinks } from "./sources.ts";

/** The page; `figures` are the ids of pictures of its evidence. */
export function claimPage(
  claim: Cell,
  rows: readonly Row[],
  figures: readonly string[],
): Markup {
  const { id, title, source, since, corrects } = claim;
  const release = since === undefined ? "" : `, since ${since}`;
  return html`
    <noscript data-page="${id}"><article id="${id}">
    <h3><b>${id}</b> ${title}</h3>
    <p class="source">Source: ${sourceLinks(source)}${release}</p>
    ${corrects === undefined ? "" : html`
      <dl class="correction">
        <dt>Tutorials say</dt>
        <dd>${corrects.said}</dd>
        <dt>Right is</dt>
        <dd>${corrects.right}</dd>
      </dl>
    `}
    ${figures.map((figure) =>
      html`<p><a href="#figure-${figure}">See its figures as a picture</a></p>`
    )}
    ${rows.map((row) => kernelPart(id, row))}
    </article></noscript>
  `;
}

/** What one kernel said. */
function kernelPart(id: string, row: Row): Markup {
  const cell = cellOf(row, id);
  if (cell === undefined) return html``;
  const { verdict, why, ms, evidence } = cell;
  const figures = Object.entries(evidence);
  return html`
    <details id="${id}@${row.id}"
      data-kernel="${row.id}"><summary>${badge(verdict)} on ${shortLabel(
        row,
      )} <small>${row.release ?? ""}</small></summary>
    ${why === undefined ? "" : html`<pre tabindex="0">${why}</pre>`}
    ${figures.length === 0
      ? ""
      : html`<table class="figures"><caption>What was seen</caption>${
        figures.map(([name, value]) =>
          html`
            <tr>
              <th scope="row">${name}</th>
              <td>${shown(value)}</td>
            </tr>
          `
        )
      }</table>`}
    <p><small>Proved in ${ms} ms. <a href="#kernel-${row
      .id}">${row.console === undefined
      ? "The kernel"
      : "The kernel, with the end of its log"}</a></small></p></details>
  `;
}

/** A figure; one of several parts with a line for each. */
function shown(value: Json): Markup {
  const isObject = typeof value === "object" && value !== null &&
    !Array.isArray(value);
  if (!isObject) return html`<code>${written(value)}</code>`;
  return html`${
    Object.entries(value).map(([name, part]) =>
      html`<div>${name} <code>${written(part)}</code></div>`
    )
  }`;
}

function written(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
