/**
 * The results as one HTML file that needs no network: questions and answers, the
 * matrix, the kernels, pictures, and a page within the page for every claim and
 * kernel. Where no scripts run all of it is there, one below the other.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Results, type Row, summarize } from "../../results.ts";
import { compare } from "../compare.ts";
import { claimsOf } from "../evidence.ts";
import { shortLabel } from "../grid.ts";
import type { Bench } from "../read_bench.ts";
import { claimPage } from "./claim_page.ts";
import { differenceSection } from "./difference_section.ts";
import { type Figure, figures } from "./figures.ts";
import { guideSection } from "./guide_section.ts";
import { kernelPage } from "./kernel_page.ts";
import { kernelTable } from "./kernel_table.ts";
import { html, Markup } from "./markup.ts";
import { matrixSection } from "./matrix_section.ts";
import { outcomeNames } from "./outcome.ts";
import { pictures } from "./pictures.ts";

/** The page; what differs from `before` is told in it, and what a bench measured is drawn. */
export function htmlReport(
  results: Results,
  before?: Results,
  bench?: Bench,
): string {
  const { kernels } = results;
  const ran = kernels.filter(({ claims }) => claims.length > 0);
  const drawn = figures(kernels, bench);
  const script = own("page.js");
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="${policy(script)}">
        <title>Ringside: ${ran.length} kernels</title>
        <style>${own("page.css")}</style>
      </head>
      <body>
    ${header(results)}
    <nav aria-label="Parts of this page"><a href="#guide">Questions</a> <a href="#matrix">Matrix</a> <a href="#kernels">Kernels</a> <a href="#pictures">Pictures</a></nav>
    <main>
    ${guideSection(ran)}
    ${before && differenceSection(compare(before, results))}
    ${ran.length === 0 ? "" : matrixSection(ran)}
    ${kernelTable(kernels)}
    ${drawn.length === 0 ? "" : pictures(drawn)}
    ${pages(kernels, ran, drawn)}
    </main>
    <dialog aria-labelledby="page-title"><div class="bar"><button type="button" class="close">Close</button></div><div class="page"></div></dialog>
    <script>${script}</script>
      </body>
    </html>
  `.text.trimStart();
}

/** A file beside this one, as it is. */
function own(name: string): Markup {
  return new Markup(Deno.readTextFileSync(new URL(name, import.meta.url)));
}

/** Nothing may be loaded from anywhere, and no script run but the one of this page. */
function policy({ text }: Markup): string {
  const digest = createHash("sha256").update(text).digest("base64");
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'`;
}

function header({ kernels, host, started, finished }: Results): Markup {
  const summary = summarize(kernels);
  const seconds = (Date.parse(finished) - Date.parse(started)) / 1000;
  return html`
    <header>
          <h1>Ringside</h1>
          <p>What BPF's two ways to user space do on ${kernels.length -
            summary.unavailable} kernels: ${outcomeNames.map((name) =>
              html`
                <span class="count ${name}"><b>${summary[
                  name
                ]}</b> ${name}</span>
              `
            )}</p>
          <p><small>Finished ${finished.slice(0, 16).replace(
            "T",
            " ",
          )} UTC after ${Math.round(seconds)} s, on ${host.os}, QEMU ${host
            .qemu}, libbpf ${host.libbpf}, Deno ${host.deno}</small></p>
        ${trouble(kernels)}
    </header>
  `;
}

/** What is wrong, for those who came for that. */
function trouble(rows: readonly Row[]): Markup {
  const failing = rows.flatMap((row) =>
    row.claims.filter(({ verdict }) => verdict === "fails").map(({ id }) =>
      html`
        <a href="#${id}@${row.id}">${id} on ${shortLabel(row)}</a>
      `
    )
  );
  const lost = rows.filter(({ state }) => state === "lost").map((row) =>
    html`
      <a href="#kernel-${row.id}">${shortLabel(row)}</a>
    `
  );
  return html`${
    failing.length === 0
      ? ""
      : html`<p><b class="fails">✗ fails:</b> ${failing}</p>`
  }${
    lost.length === 0 ? "" : html`<p><b class="lost">? lost:</b> ${lost}</p>`
  }`;
}

function pages(
  kernels: readonly Row[],
  ran: readonly Row[],
  drawn: readonly Figure[],
): Markup {
  const picturesOf = (claim: string): string[] =>
    drawn.filter(({ claims }) => claims.includes(claim)).map(({ id }) => id);
  return html`<section class="pages" aria-label="Each claim and each kernel">
${claimsOf(ran).map((claim) => claimPage(claim, ran, picturesOf(claim.id)))}
${kernels.map(kernelPage)}
</section>`;
}
