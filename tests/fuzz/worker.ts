/**
 * The thread in which parsers get their inputs: what it is at is in shared memory,
 * so that the other thread can tell a hang and has its input.
 *
 * @module
 */

import { Dice } from "../unit/dice.ts";
import { requireModest, watchAllocation } from "./allocation.ts";
import { minimised } from "./minimise.ts";
import { mutate } from "./mutate.ts";
import { type Input, putInputsInto, type Target } from "./target.ts";
import { targets } from "./targets/mod.ts";

/** What it is told to begin with. */
export interface Order {
  readonly target: string;
  readonly seeds: readonly Input[];
  readonly seed: number;
  readonly ms: number;
  /** For inputs that are read as files. */
  readonly folder: string;
  /** See {@linkcode place}. */
  readonly shared: SharedArrayBuffer;
}

/**
 * Where the shared memory has, in words, how often the parser was called, how long
 * its input is, and which number it has; and in bytes that input.
 */
export const place = { count: 0, length: 1, number: 2, input: 12 } as const;

/** An input that a parser did not take as it should. */
export interface Failure {
  readonly is: "failure";
  readonly input: Input;
  /** The input's number: with the seed it comes again. */
  readonly number: number;
  readonly what: string;
}

/** What it says; of a failure again, when its input is smaller. */
export type Report = Failure | { readonly is: "end"; readonly inputs: number };

/** What went wrong, as far as it is the same for other inputs. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ""] = (error.stack ?? "").split("\n    at ").slice(1);
  return `${error.name}: ${error.message.slice(0, 500)} at ${line.trim()}`;
}

/** The kind of a failure: its class and its place. */
function kindOf(what: string): string {
  return what.replace(/:.* at /s, " at ");
}

class Run {
  readonly #order: Order;
  readonly #target: Target;
  readonly #words: Int32Array;
  readonly #room: Uint8Array;
  readonly #kinds = new Set<string>();
  #number = 0;

  constructor(order: Order, target: Target) {
    this.#order = order;
    this.#target = target;
    this.#words = new Int32Array(order.shared);
    this.#room = new Uint8Array(order.shared, place.input);
  }

  async all(say: (report: Report) => void): Promise<void> {
    const { seeds, ms } = this.#order;
    const until = performance.now() + ms;
    for (const input of seeds) await this.#one(input, say);
    while (performance.now() < until) await this.#one(this.#next(), say);
    // The other thread ends this one when it hears of it.
    say({ is: "end", inputs: this.#number });
  }

  async #one(input: Input, say: (report: Report) => void): Promise<void> {
    const number = this.#number++;
    this.#words[place.number] = number;
    const what = await this.#failure(input);
    if (what === undefined || this.#kinds.has(kindOf(what))) return;
    this.#kinds.add(kindOf(what));
    const isSame = async (other: Input): Promise<boolean> =>
      kindOf(await this.#failure(other) ?? "") === kindOf(what);
    // At once, and then a smaller one: to minimise may take longer than there is.
    say({ is: "failure", input, number, what });
    const least = await minimised(input, isSame);
    say({ is: "failure", input: least, number, what });
  }

  #next(): Input {
    const { seeds, seed } = this.#order;
    const dice = new Dice(Math.imul(seed, 0x9e3779b1) ^ this.#number);
    const { generate, words } = this.#target;
    const first = seeds[dice.below(Math.max(1, seeds.length))];
    if (generate !== undefined && (first === undefined || dice.one(2))) {
      const made = generate(dice);
      return dice.one(2) ? made : mutate(made, dice, { words, others: seeds });
    }
    const from = first ?? dice.bytes(dice.below(200));
    return mutate(from, dice, { words, others: seeds });
  }

  /** What is wrong with what came of an input, if anything is. */
  async #failure(input: Input): Promise<string | undefined> {
    this.#room.set(input);
    this.#words[place.length] = input.length;
    Atomics.add(this.#words, place.count, 1);
    try {
      await this.#target.run(input);
      requireModest();
      return undefined;
    } catch (error) {
      return described(error);
    }
  }
}

const thread = self as unknown as Worker;
thread.onmessage = async ({ data }: MessageEvent<Order>) => {
  const target = targets.find(({ name }) => name === data.target);
  if (target === undefined) throw new Error(`No target ${data.target}`);
  putInputsInto(data.folder);
  watchAllocation();
  await new Run(data, target).all((report) => thread.postMessage(report));
};
