/**
 * A mutant: a small change that must turn a claim to `fails`, as data; and what
 * came of one.
 *
 * @module
 */

import type { Outcome as Verdict } from "../results.ts";

/** One change of one file, and the claim that must notice it. */
export interface Mutant {
  readonly claim: string;
  /** Path below the project's folder. */
  readonly file: string;
  /** Exact text that occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What is broken then, in a few words. */
  readonly why: string;
}

/** What proving a claim in a tree came to; `said` is one line. */
export type Proved =
  | { readonly is: Verdict; readonly said: string }
  /** The child was killed when its time was over. */
  | { readonly is: "hang" }
  /** It was not built, or ended without a verdict. */
  | { readonly is: "broken"; readonly said: string };

/** What came of a mutant. */
export interface Outcome {
  readonly is: "killed" | "survived" | "absent here" | "does not apply";
  readonly said: string;
}

/** How often the text occurs. */
export function occurrences(text: string, find: string): number {
  return text.split(find).length - 1;
}

/** The file's text with the change, or what is wrong with the mutant. */
export function mutate(
  text: string,
  { find, replace, file }: Mutant,
): { readonly text: string } | { readonly misfit: string } {
  const count = occurrences(text, find);
  if (count !== 1) {
    return { misfit: `its text occurs ${count} times in ${file}` };
  }
  if (find === replace) return { misfit: "it changes nothing" };
  return { text: text.replace(find, () => replace) };
}

/**
 * What became of a mutant: `before` is its claim's verdict without it, `after`
 * the one with it. Only `fails` is a kill; a claim that answers "absent" where
 * it held has let the mutant live, and a machine that was lost tells nothing.
 */
export function outcomeOf(before: Proved, after: Proved): Outcome {
  if (after.is === "broken" || after.is === "lost") {
    return { is: "does not apply", said: after.said };
  }
  if (before.is !== "holds" && before.is !== "absent") {
    const said = "said" in before ? `: ${before.said}` : "";
    return {
      is: "does not apply",
      said: `without it the claim does not hold: ${before.is}${said}`,
    };
  }
  if (after.is === "hang") return { is: "killed", said: "hang" };
  if (after.is === "fails") return { is: "killed", said: after.said };
  if (before.is === "absent" && after.is === "absent") {
    return { is: "absent here", said: after.said };
  }
  const said = after.said === "" ? after.is : `${after.is}: ${after.said}`;
  return { is: "survived", said };
}
