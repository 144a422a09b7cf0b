/**
 * The page within the page of a kernel: what it is, which transport the SDK
 * takes and why, what that means for those who run it, where the time went, and
 * the end of its log.
 *
 * @module
 */
import { type Row, summarize } from "../../results.ts";
import { cellOf } from "../evidence.ts";
import { type Concern, guide } from "../guide.ts";
import { html, type Markup } from "./markup.ts";
import { badge, outcomeNames } from "./outcome.ts";
import { makers } from "../maker.ts";

/** Lines of a log that are shown; the JSON report has all that was kept. */
const logLines = 200;

/** The page of a kernel that was had. */
export function kernelPage(row: Row): Markup {
  const { console, warnings = [] } = row;
  const lines = (console ?? "").trimEnd().split("\n").slice(-logLines);
  return html`
    <noscript data-page="kernel-${row.id}"><article id="kernel-${row.id}">
    <h3>${row.label}</h3>
    ${answers(row)}
    <table class="figures"><caption>What it is</caption>${facts(row).map((
      [name, value],
    ) =>
      html`
        <tr>
          <th scope="row">${name}</th>
          <td>${value}</td>
        </tr>
      `
    )}</table>
    ${warnings.length === 0 ? "" : html`
      <h4>Warnings</h4>
      <ul>${warnings.map((text) => html`<li>${text}</li>`)}</ul>
    `}
    ${console === undefined ? "" : html`
      <h4>The end of its log</h4>
      <pre tabindex="0">${lines.join("\n")}</pre>
    `}
    </article></noscript>
  `;
}

/** Names and values; what is not known is left out. */
function facts(row: Row): [string, string | Markup][] {
  const { image, simulated, transport, reason, timings } = row;
  const summary = summarize([row]);
  const claims = outcomeNames.filter((name) => summary[name] > 0)
    .map((name) =>
      html`
        ${summary[name]} ${badge(name)}
      `
    );
  const machine = row.driver === "none"
    ? makers.none
    : `${makers[row.driver]}, ${row.accel ?? "not begun"}, ${row.cpus} CPUs, ${
      row.arch ?? ""
    }`;
  const all: [string, string | Markup | undefined][] = [
    ["Release", row.release ?? undefined],
    ["State", `${row.state}${row.why === undefined ? "" : `: ${row.why}`}`],
    ["Simulated", simulated ?? undefined],
    ["Machine", machine],
    ["The SDK takes", transport],
    ["Because", reason],
    ["Claims", html`${claims}`],
    ["Exit code", row.exit === undefined ? undefined : `${row.exit}`],
    [
      "Time",
      `had in ${seconds(timings.provisionMs)}, booted in ${
        seconds(timings.bootMs)
      }, claims in ${seconds(timings.runMs)}`,
    ],
    [
      "Image",
      image === undefined ? undefined : html`<code>${image.from}</code>`,
    ],
    ["SHA-256", image && html`<code>${image.sha256}</code>`],
  ];
  return all.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]]
  );
}

/** What was seen there, in answer to what is asked of a kernel. */
function answers(row: Row): Markup {
  const told = guide.flatMap((concern) => {
    const answer = concern.answer(row);
    return answer === undefined ? [] : [answered(row, concern, answer)];
  });
  return told.length === 0 ? html`` : html`${taken(row)}${told}`;
}

function taken({ transport, reason }: Row): Markup {
  return html`<p>The SDK takes <b>${transport}</b> here: <code>${reason}</code></p>`;
}

function answered(row: Row, concern: Concern, answer: string): Markup {
  return html`
    <section
      class="answer"><h5>${concern.asks}</h5><p>${answer}</p>${advice(
        row,
        concern,
      )}<p><small>Seen by ${concern.claims.filter((id) => isShown(row, id)).map(
        (id) =>
          html`
            <a href="#${id}@${row.id}">${id}</a>
          `,
      )}</small></p></section>
  `;
}

/** What is absent there answers nothing. */
function isShown(row: Row, id: string): boolean {
  const verdict = cellOf(row, id)?.verdict;
  return verdict === "holds" || verdict === "fails";
}

function advice({ transport }: Row, { advice }: Concern): Markup {
  return transport === "ring" || transport === "perf"
    ? html`<p><b>Do:</b> ${advice[transport]}</p>`
    : html``;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
