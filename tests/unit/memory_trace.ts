/**
 * What a reader does to memory, in its order: which loads and stores are
 * Atomics', which are plain.
 *
 * @module
 */

/** One access, or a mark of the test's own. */
export interface Access {
  readonly kind: "acquire" | "release" | "plain" | "copy" | "mark";
  /** The memory's name, or the mark. */
  readonly of: string;
  /** Index or offset in it; of a release, what was stored. */
  readonly at: number;
}

/** Memory whose accesses are written down; what it is given it hands out watched. */
export class MemoryTrace implements Disposable {
  readonly accesses: Access[] = [];
  readonly #names = new Map<object, string>();
  /** What is behind each proxy. */
  readonly #bares = new Map<object, object>();
  readonly #undo = new DisposableStack();

  constructor() {
    this.#replace(
      Atomics,
      "load",
      (real) => (memory: object, index: number) => {
        this.#note("acquire", memory, index);
        return real.call(Atomics, this.#bare(memory), index);
      },
    );
    this.#replace(
      Atomics,
      "store",
      (real) => (memory: object, index: number, value: number | bigint) => {
        this.#note("release", memory, Number(value));
        return real.call(Atomics, this.#bare(memory), index, value);
      },
    );
    const note = (of: object, at: number): void => this.#note("copy", of, at);
    this.#replace(
      ArrayBuffer.prototype,
      "slice",
      (real) =>
        function (this: ArrayBuffer, start: number, end: number): ArrayBuffer {
          note(this, start);
          return real.call(this, start, end);
        },
    );
  }

  /** Gives the functions back. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  /** Writes down that something happened now. */
  mark(of: string): void {
    this.accesses.push({ kind: "mark", of, at: 0 });
  }

  /** A typed array whose elements, or a view whose bytes, are watched. */
  watch<Memory extends object>(name: string, memory: Memory): Memory {
    this.#names.set(memory, name);
    const watched = new Proxy(memory, {
      get: (target, key) => {
        const value = Reflect.get(target, key, target);
        if (typeof key === "string" && /^\d+$/.test(key)) {
          this.#note("plain", target, Number(key));
        }
        if (typeof value !== "function") return value;
        return (...words: unknown[]) => {
          if (/^get/.test(String(key))) {
            this.#note("plain", target, Number(words[0]));
          }
          return value.apply(target, words);
        };
      },
    });
    this.#names.set(watched, name);
    this.#bares.set(watched, memory);
    return watched;
  }

  #bare(memory: object): object {
    return this.#bares.get(memory) ?? memory;
  }

  #note(kind: Access["kind"], memory: object, at: number): void {
    const of = this.#names.get(memory) ?? "other";
    this.accesses.push({ kind, of, at });
  }

  // deno-lint-ignore no-explicit-any -- functions of many shapes
  #replace(home: object, name: string, wrap: (real: any) => unknown): void {
    const real = Object.getOwnPropertyDescriptor(home, name) ?? {};
    const value = wrap(real.value);
    Object.defineProperty(home, name, { ...real, value });
    this.#undo.defer(() => Object.defineProperty(home, name, real));
  }
}
