/**
 * How an outcome looks: a symbol and a word, and a colour that only repeats them.
 *
 * @module
 */
import type { Outcome } from "../../results.ts";
import { html, type Markup } from "./markup.ts";

/** Symbol and meaning of each outcome. */
export const outcomes: Readonly<
  Record<Outcome, { readonly symbol: string; readonly means: string }>
> = {
  holds: { symbol: "✓", means: "the claim holds" },
  absent: {
    symbol: "–",
    means: "the kernel lacks it, and refuses it as documented",
  },
  fails: { symbol: "✗", means: "the claim fails" },
  lost: {
    symbol: "?",
    means: "the machine was lost, which says nothing of the claim",
  },
};

/** All outcomes, in the order in which they are told. */
export const outcomeNames = Object.keys(outcomes) as Outcome[];

/** An outcome as symbol and word. */
export function badge(outcome: Outcome): Markup {
  return html`
    <span
      class="badge ${outcome}"><span aria-hidden="true">${outcomes[outcome]
        .symbol}</span> ${outcome}</span>
  `;
}
