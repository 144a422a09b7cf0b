/**
 * The matrix as a table: claims by chapters, a column for each kernel that ran.
 *
 * @module
 */
import type { Cell, Row } from "../../results.ts";
import { cellOf, claimsOf } from "../evidence.ts";
import { shortLabel } from "../grid.ts";
import { html, type Markup } from "./markup.ts";
import { outcomes } from "./outcome.ts";

/** The table; what script there is finds rows and columns by their data. */
export function matrixTable(
  rows: readonly Row[],
  chapters: Readonly<Record<string, string>>,
): Markup {
  const claims = claimsOf(rows);
  const parts = Object.entries(chapters).map(([letter, name]) => ({
    name,
    claims: claims.filter(({ id }) => id.startsWith(letter)),
  }));
  return html`<table>
<thead><tr><th scope="col">Claim</th>${rows.map(heading)}</tr></thead>
${
    parts.filter(({ claims }) => claims.length > 0).map((part) =>
      html`
        <tbody><tr class="chapter"><th scope="rowgroup" colspan="${rows.length +
          1}">${part.name}</th></tr>
        ${part.claims.map((claim) => line(claim, rows))}</tbody>
      `
    )
  }</table>`;
}

/** The kernel's name may break behind its parts. */
function heading(row: Row): Markup {
  const parts = shortLabel(row).split("-");
  const name = parts.map((part, at) =>
    at < parts.length - 1 ? html`${part}-<wbr>` : part
  );
  const mark = row.simulated === null ? "" : html`
    <small>simulated</small>
  `;
  return html`
    <th scope="col"
      data-kernel="${row.id}"><a href="#kernel-${row
        .id}">${name}</a>${mark}</th>
  `;
}

function line(
  { id, title, source, corrects }: Cell,
  rows: readonly Row[],
): Markup {
  const words = [source, corrects?.said ?? "", corrects?.right ?? ""].join(" ");
  const mark = corrects === undefined ? "" : html`
    <small class="corrects">corrects tutorials</small>
  `;
  return html`
    <tr data-claim="${id}"
      data-words="${words
        .toLowerCase()}"><th scope="row"><a href="#${id}"><b>${id}</b> ${title}</a>${mark}</th>${rows
        .map((row) => cell(id, row))}</tr>
  `;
}

function cell(id: string, row: Row): Markup {
  const verdict = cellOf(row, id)?.verdict;
  const label = shortLabel(row);
  if (verdict === undefined) {
    return html`
      <td
        data-kernel="${row
          .id}"><span class="out" data-label="${label}" title="left out there">·</span></td>
    `;
  }
  const name = `${id} ${verdict} on ${label}`;
  const { symbol } = outcomes[verdict];
  return html`
    <td data-kernel="${row.id}"
      data-verdict="${verdict}"><a class="${verdict}" href="#${id}@${row
        .id}" data-label="${label}" title="${name}"><span aria-hidden="true">${symbol}</span><span class="unseen">${verdict}</span></a></td>
  `;
}
