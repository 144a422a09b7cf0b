/**
 * The names of TypeScript types, each given once.
 *
 * @module
 */

/** Gives names and remembers them. */
export class TypeNames {
  readonly #taken = new Set<string>();

  /** The words in PascalCase, with a number behind them where that is taken. */
  give(words: string): string {
    const name = pascalCase(words);
    let free = name;
    for (let number = 2; this.#taken.has(free); number++) {
      free = `${name}${number}`;
    }
    this.#taken.add(free);
    return free;
  }
}

/** `exec_event` is ExecEvent; what is no letter or digit separates words. */
export function pascalCase(words: string): string {
  const name = words.split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(name) ? name : `_${name}`;
}
