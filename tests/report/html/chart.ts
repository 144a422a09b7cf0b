/**
 * Bars as SVG: a band for each kernel, or what else is compared, in it a bar for
 * each series, with its name before it and its value behind it, so that colour
 * only repeats the name.
 *
 * @module
 */
import * as Plot from "npm:@observablehq/plot@^0.6.17";
import { DOMParser } from "npm:linkedom@^0.18.12";
import { printable } from "../text.ts";
import type { Bar, Figure } from "./figures.ts";
import { Markup } from "./markup.ts";

/** Heights and widths in units of the picture. */
const size = {
  ...{ bar: 15, band: 8, width: 620, names: 145, bands: 104, end: 52 },
  ...{ top: 4, bottom: 36 },
};

/** The picture of a figure, for those who see it; the caption and a table say the same. */
export function chart({ title, unit, series, bars }: Figure): Markup {
  const names = series.filter((name) =>
    bars.some((bar) => bar.series === name)
  );
  const bands = [...new Set(bars.map(({ band }) => band))];
  const height = names.length * size.bar + size.band;
  const svg = Plot.plot({
    document: new DOMParser().parseFromString("<html></html>", "text/html"),
    width: size.width,
    height: bands.length * height + size.top + size.bottom,
    marginLeft: size.names,
    marginRight: size.bands,
    marginTop: size.top,
    marginBottom: size.bottom,
    insetRight: size.end,
    x: { label: `${unit} →`, grid: true, nice: true, ticks: 5 },
    y: { label: null, domain: names, padding: 0.15, tickSize: 0 },
    fy: { label: null, domain: bands, padding: 0.1 },
    marks: [
      Plot.barX(bars, { ...place, fill: colour }),
      Plot.text(bars, {
        ...place,
        text: ({ value }: Bar) => written(value),
        textAnchor: "start",
        dx: 4,
      }),
      Plot.ruleX([0]),
    ],
  });
  return new Markup(named(svg.outerHTML, title));
}

const place = { x: "value", y: "series", fy: "band" } as const;

/** The colour of a bar: a variable of the page, which knows light and dark. */
function colour({ series }: Bar): string {
  const transport = /^(ring each|ring|perf)\b/.exec(series)?.[0] ?? "other";
  return `var(--${transport.replace(" ", "-")})`;
}

function written(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}

/** The picture is one image with one name; its axes need none of their own. */
function named(svg: string, title: string): string {
  const name = printable(title).replaceAll('"', "");
  return svg.replaceAll(/ aria-(label|hidden)="[^"]*"/g, "")
    .replace("<svg ", `<svg role="img" aria-label="${name}" `);
}
