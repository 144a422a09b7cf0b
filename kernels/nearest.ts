/**
 * The words that a mistyped word may have meant.
 *
 * @module
 */

/** How many letters must change to make `a` of `b` (Levenshtein). */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Up to three of `words`, nearest first; those that hold `word` whole come before the others. */
export function nearest(word: string, words: readonly string[]): string[] {
  const far = (w: string): number =>
    w.includes(word) ? w.length / 1000 : distance(word, w);
  const near = words.map((w) => ({ w, d: far(w) }))
    .filter(({ w, d }) => d < 1 || d <= Math.max(word.length, w.length) / 2);
  return near.sort((x, y) => x.d - y.d).slice(0, 3).map(({ w }) => w);
}

/** `; did you mean a, b or c`, or nothing where no word is near. */
export function didYouMean(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  const last = near.pop();
  if (last === undefined) return "";
  return `; did you mean ${
    near.length > 0 ? `${near.join(", ")} or ` : ""
  }${last}`;
}
