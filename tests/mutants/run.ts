/**
 * Tries all mutants: first every claim without any, then each claim with each of
 * its own.
 *
 * @module
 */

import { matchesGlob } from "../../kernels/select.ts";
import { type Mutant, type Outcome, outcomeOf, type Proved } from "./mutant.ts";
import { type Place, Tree } from "./tree.ts";

/** Trees that are tried in at once on the running kernel; a machine is tried in alone. */
const trees = 2;

/**
 * Claims that measure time, wait for what must not come, or hold a CPU: beside
 * another child they might fail without having noticed anything.
 */
const alone = ["W*", "U*", "O4", "O5", "Q8", "N3", "P*", "C*"];

/** Told what came of each mutant, as it comes. */
export type Watch = (mutant: Mutant, outcome: Outcome) => void;

/** The claims' verdicts without a mutant, then every mutant's outcome told to `watch`. */
export async function tryAll(
  claims: readonly string[],
  mutants: readonly Mutant[],
  { watch, ...place }: Place & { readonly watch: Watch },
): Promise<ReadonlyMap<string, Proved>> {
  const { kernel, signal } = place;
  await using stack = new AsyncDisposableStack();
  const copies: Tree[] = [];
  for (let made = 0; made < (kernel === undefined ? trees : 1); made++) {
    const tree = stack.use(await Tree.copy(place));
    await tree.build(); // what goes wrong is said by the proof, which builds too
    copies.push(tree);
  }
  const [first] = copies;
  if (first === undefined) return new Map();
  const before = await first.prove(claims);
  const unknown: Proved = { is: "broken", said: "it was not proved" };
  const work = async (
    tree: Tree,
    queue: Iterable<Mutant>,
  ): Promise<void> => {
    for (const mutant of queue) {
      if (signal.aborted) return;
      const after = await tree.try(mutant);
      if (signal.aborted) return;
      watch(mutant, outcomeOf(before.get(mutant.claim) ?? unknown, after));
    }
  };
  const queue = mutants.filter((mutant) => !isAlone(mutant)).values();
  await Promise.all(copies.map((tree) => work(tree, queue)));
  await work(first, mutants.filter(isAlone));
  return before;
}

function isAlone({ claim }: Mutant): boolean {
  return alone.some((glob) => matchesGlob(claim, glob));
}
