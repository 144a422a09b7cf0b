/**
 * The pictures, each with what to see in it and the numbers as a table.
 *
 * @module
 */
import { chart } from "./chart.ts";
import type { Figure } from "./figures.ts";
import { html, type Markup } from "./markup.ts";

/** The section of all pictures. */
export function pictures(drawn: readonly Figure[]): Markup {
  return html`
    <section aria-labelledby="pictures">
      <h2 id="pictures">Pictures</h2>
      <p><small>Where CPUs are emulated (tcg), compare costs, do not quote them.</small></p>
      <div class="pictures">${drawn.map(picture)}</div>
    </section>
  `;
}

function picture(figure: Figure): Markup {
  const { id, title, caption, unit, bands, claims, bars } = figure;
  const links = claims.map((id) =>
    html`
      <a href="#${id}">${id}</a>
    `
  );
  return html`
    <figure id="figure-${id}">
      <figcaption>
        <h3>${title}</h3>
        <p>${caption}${links}</p>
      </figcaption>
      <div class="chart" tabindex="0" role="region"
        aria-label="${title}, the picture">${chart(figure)}</div>
      <details>
        <summary>The numbers</summary>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">${bands}</th>
              <th scope="col">what</th>
              <th scope="col">${unit}</th>
            </tr>
          </thead>
          <tbody>${bars.map(({ band, series, value }) =>
            html`
              <tr>
                <td>${band}</td>
                <td>${series}</td>
                <td>${value}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </details>
    </figure>
  `;
}
