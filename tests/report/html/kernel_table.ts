/**
 * The kernels one by one: what they are, what the SDK takes there and why, and
 * those that could not be had.
 *
 * @module
 */
import type { Row } from "../../results.ts";
import { shortLabel } from "../grid.ts";
import { html, type Markup } from "./markup.ts";

/** The table of all kernels of a run. */
export function kernelTable(rows: readonly Row[]): Markup {
  const had = rows.filter(({ state }) => state !== "unavailable");
  const missing = Object.entries(Object.groupBy(
    rows.filter(({ state }) => state === "unavailable"),
    ({ why }) => why ?? "",
  ));
  return html`<section aria-labelledby="kernels"><h2 id="kernels">Kernels</h2>
${
    had.length === 0 ? "" : html`
      <div class="scroll" tabindex="0" role="region" aria-label="The kernels">
        <table class="kernels">
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              <th scope="col">Release</th>
              <th scope="col">The SDK takes</th>
              <th scope="col">Because</th>
              <th scope="col">Boot</th>
              <th scope="col">Claims</th>
            </tr>
          </thead>
          <tbody>${had.map(line)}</tbody>
        </table>
      </div>
    `
  }
${
    missing.map(([why, rows = []]) =>
      html`<p><b>${
        rows.map((row) => shortLabel(row)).join(", ")
      }</b> could not be had here: ${why}</p>`
    )
  }
</section>`;
}

function line(row: Row): Markup {
  const { id, release, transport, reason, timings, state, why } = row;
  const lost = state === "lost" ? html`<br><b>lost:</b> ${why}` : "";
  const simulated = row.simulated === null
    ? ""
    : html`<br><small>simulated: ${row.simulated}</small>`;
  return html`
    <tr data-kernel="${id}">
      <th scope="row"><a href="#kernel-${id}">${shortLabel(
        row,
      )}</a>${simulated}</th>
      <td>${release ?? "unknown"}</td>
      <td>${transport ?? "unknown"}</td>
      <td>${reason ?? ""}${lost}</td>
      <td>${seconds(timings.bootMs)}</td>
      <td>${seconds(timings.runMs)}</td>
    </tr>
  `;
}

function seconds(ms: number): string {
  return ms === 0 ? "" : `${(ms / 1000).toFixed(1)} s`;
}
