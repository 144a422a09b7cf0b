/**
 * What differs from an earlier run, in the page.
 *
 * @module
 */
import type { Change, Difference } from "../compare.ts";
import { differenceLine } from "../difference.ts";
import { html, type Markup } from "./markup.ts";

const order = ["regression", "lost", "fixed", "known", "new"] as const;

/** The difference; what is new and good is only counted. */
export function differenceSection(difference: Difference): Markup {
  const changes = order.flatMap((kind) =>
    difference.changes.filter((change) => change.kind === kind)
  ).filter(({ kind, now }) => kind !== "new" || now === "fails");
  return html`<section aria-labelledby="difference"><h2 id="difference">${
    differenceLine(difference)
  }</h2>
${
    changes.length === 0 ? "" : html`
      <div class="scroll" tabindex="0" role="region" aria-label="What differs">
        <table class="kernels">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Kernel</th>
              <th scope="col">Claim</th>
              <th scope="col">Was</th>
              <th scope="col">Is</th>
            </tr>
          </thead>
          <tbody>${changes.map(line)}</tbody>
        </table>
      </div>
    `
  }
${
    difference.environment.length === 0
      ? ""
      : html`<ul>${
        difference.environment.map(({ what, before, now }) =>
          html`<li>${what}: ${before} → ${now}</li>`
        )
      }</ul>`
  }
</section>`;
}

function line({ kind, kernel, claim, title, before, now }: Change): Markup {
  const target = claim === undefined
    ? `kernel-${kernel}`
    : `${claim}@${kernel}`;
  const name = claim === undefined ? title : `${claim} ${title}`;
  return html`
    <tr data-kernel="${kernel}">
      <td><b>${kind}</b></td>
      <td>${kernel}</td>
      <td><a href="#${target}">${name}</a></td>
      <td>${before}</td>
      <td>${now}</td>
    </tr>
  `;
}
