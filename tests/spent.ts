/**
 * Where a guest's time goes, beside the proofs themselves: what the report's
 * timings tell of it.
 *
 * @module
 */

/** What takes time in a guest. */
export const posts = [
  "modulesMs",
  "claimsMs",
  "bpfLoadMs",
  "workersMs",
  "leaksMs",
  "logMs",
] as const;

/** One of these. */
export type Post = typeof posts[number];

/**
 * Milliseconds: Deno's loading and evaluation of the program's modules; all proofs; of these, BPF
 * objects being loaded and Workers on the way to their first message (they may overlap); beside
 * the proofs, the counts of what they left open and the looks at the kernel's log.
 */
export type Spent = Readonly<Record<Post, number>>;

/** Sums up. */
export class Ledger {
  readonly #sums = new Map<Post, number>();

  /** Adds milliseconds to a post. */
  add(post: Post, ms: number): void {
    this.#sums.set(post, (this.#sums.get(post) ?? 0) + ms);
  }

  /** Carries out `act` on a post's account. */
  take<Result>(post: Post, act: () => Result): Result {
    const began = performance.now();
    try {
      return act();
    } finally {
      this.add(post, performance.now() - began);
    }
  }

  /** The sums so far. */
  get spent(): Spent {
    const rounded = (post: Post): number =>
      Math.round((this.#sums.get(post) ?? 0) * 10) / 10;
    return Object.fromEntries(
      posts.map((post) => [post, rounded(post)]),
    ) as Record<Post, number>;
  }
}
