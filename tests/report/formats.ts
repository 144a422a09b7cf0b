/**
 * The forms that results can be written in, by the words that name them on the
 * command line. Each is made of the results alone, so that what a run writes
 * and what `deno task report` makes of its JSON later are the same.
 *
 * @module
 */
import { chapters } from "../claims/chapters.ts";
import { questions } from "../claims/questions.ts";
import { statements } from "../claims/statements.ts";
import type { Results } from "../results.ts";
import { paper } from "../streams.ts";
import { badgeReport } from "./badge.ts";
import { claimsReport } from "./claims.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import type { Bench } from "./read_bench.ts";
import { summaryReport } from "./step_summary.ts";
import { tapReport } from "./tap.ts";
import { terminalReport } from "./terminal.ts";

/** A form that results can be written in. */
export interface Format {
  /** What it is, for the help. */
  readonly what: string;
  /**
   * @param before the results of an earlier run, to be compared with.
   * @param bench what a bench measured, for a form that draws.
   */
  readonly write: (
    results: Results,
    before?: Results,
    bench?: Bench,
  ) => string | Promise<string>;
}

/** The word for a form. */
export type FormatName = "json" | "junit" | "tap" | "md" | "html";

/** The forms that a run can write to a file. */
export const formats: Readonly<Record<FormatName, Format>> = {
  json: {
    what: "everything that was seen, for programs: schema ringside/1",
    write: jsonReport,
  },
  junit: {
    what: "JUnit XML: absent is skipped, lost is an error",
    write: junitReport,
  },
  tap: { what: "TAP version 14, a subtest for each kernel", write: tapReport },
  md: {
    what: "Markdown for a step summary of CI, at most 1 MiB",
    write: summaryReport,
  },
  html: {
    what: "one HTML file for people, without network",
    write: async (results, before, bench) => {
      // It draws: a run that asks for no page needs no library for it.
      const { htmlReport } = await import("./html/page.ts");
      return htmlReport(results, before, bench);
    },
  },
};

/** Those, and what is made for this project's pages and for a terminal. */
export const allFormats: Readonly<Record<string, Format>> = {
  ...formats,
  claims: {
    what: "each claim with what each kernel did, Markdown: docs/claims.md",
    write: (results) =>
      claimsReport(results, { chapters, statements, questions }),
  },
  badge: { what: "a badge for a README, SVG", write: badgeReport },
  terminal: {
    what: "the matrix, as the run printed it",
    write: (results, before) => terminalReport(results, paper(), before),
  },
};

/** Whether a word names a form that a run can write. */
export function isFormat(word: string): word is FormatName {
  return Object.hasOwn(formats, word);
}
