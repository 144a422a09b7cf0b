/**
 * The results as a badge: one line of SVG for a README.
 *
 * @module
 */
import { type Results, summarize } from "../results.ts";
import { escaped } from "./xml.ts";

/** Units that a letter takes, about, at 11 px. */
const letter = 6.6;
const height = 20;

/** The badge as SVG. */
export function badgeReport({ kernels }: Results): string {
  const { fails, lost, unavailable } = summarize(kernels);
  const ran = kernels.length - unavailable;
  const all = `${ran} ${ran === 1 ? "kernel" : "kernels"}`;
  const words = [
    all,
    ...fails > 0 ? [`${fails} failing`] : [],
    ...lost > 0 ? [`${lost} lost`] : [],
    ...fails + lost > 0 ? [] : ["as promised"],
  ].join(", ");
  const colour = fails > 0 ? "#b3121d" : lost > 0 ? "#855400" : "#136f2c";
  return drawn("ringside", words, colour);
}

function drawn(name: string, words: string, colour: string): string {
  const [left, right] = [name, words].map((text) =>
    Math.round(text.length * letter) + 12
  ) as [number, number];
  const text = (at: number, content: string): string =>
    `<text x="${at}" y="14" text-anchor="middle">${escaped(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${
      left + right
    }" height="${height}" role="img" aria-label="${
      escaped(`${name}: ${words}`)
    }">`,
    `<clipPath id="round"><rect width="${
      left + right
    }" height="${height}" rx="3"/></clipPath>`,
    `<g clip-path="url(#round)"><rect width="${left}" height="${height}" fill="#444"/>` +
    `<rect x="${left}" width="${right}" height="${height}" fill="${colour}"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">` +
    text(left / 2, name) + text(left + right / 2, words) + "</g>",
    "</svg>",
    "",
  ].join("\n");
}
