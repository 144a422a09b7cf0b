/**
 * Inputs made of other inputs.
 *
 * @module
 */

import type { Dice } from "../unit/dice.ts";
import { bytes, type Input } from "./target.ts";

/** No input is longer, bytes. */
export const longest = 1 << 18;

/** Numbers at which parsers go wrong. */
const numbers = [
  ...[0, 1, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0xffff, 0x10000, 0x7fffffff],
  ...[0x80000000, 0xfffffff8, 0xffffffff],
];

/** The same in words, as headers in ASCII have them. */
const digits = ["0", "-1", "1e9", "4294967295", "99999999999", "ffffffff"];

/** What mutations draw on. */
export interface Stock {
  readonly words: readonly string[];
  /** Other inputs. */
  readonly others: readonly Input[];
}

type Mutation = (input: Input, dice: Dice, stock: Stock) => Input;

function join(...parts: readonly Uint8Array[]): Input {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A place and a length within an input. */
function range({ length }: Input, dice: Dice): [start: number, end: number] {
  const start = dice.below(length + 1);
  const most = dice.one(2) ? 16 : length;
  return [start, Math.min(length, start + 1 + dice.below(most + 1))];
}

function replace(input: Input, at: number, by: Uint8Array): Input {
  return join(input.subarray(0, at), by, input.subarray(at + by.length));
}

function number(dice: Dice): Input {
  const value = numbers[dice.below(numbers.length)] ?? 0;
  const size = [1, 2, 4, 8][dice.below(4)] ?? 4;
  const view = new DataView(new ArrayBuffer(8));
  const little = dice.one(2);
  view.setBigUint64(0, BigInt(value), little);
  const all = new Uint8Array(view.buffer);
  return little ? all.slice(0, size) : all.slice(8 - size);
}

function word(dice: Dice, { words }: Stock): Input {
  const all = dice.one(4) ? digits : words;
  return bytes(all[dice.below(all.length)] ?? "");
}

const mutations: readonly Mutation[] = [
  // A bit, a byte, a number, a word.
  (input, dice) => {
    const at = dice.below(input.length);
    return replace(
      input,
      at,
      Uint8Array.of((input[at] ?? 0) ^ 1 << dice.below(8)),
    );
  },
  (input, dice) => replace(input, dice.below(input.length), dice.bytes(1)),
  (input, dice) =>
    replace(input, dice.below(input.length / 4) * 4, number(dice)),
  (input, dice) => replace(input, dice.below(input.length), number(dice)),
  (input, dice, stock) =>
    replace(input, dice.below(input.length), word(dice, stock)),
  // A part goes, comes, comes again, ends it.
  (input, dice) => {
    const [start, end] = range(input, dice);
    return join(input.subarray(0, start), input.subarray(end));
  },
  (input, dice, stock) => {
    const at = dice.below(input.length + 1);
    const more = dice.one(2) ? word(dice, stock) : dice.bytes(dice.below(20));
    return join(input.subarray(0, at), more, input.subarray(at));
  },
  (input, dice) => {
    const [start, end] = range(input, dice);
    const part = input.subarray(start, end);
    const most = dice.one(8) ? longest / Math.max(1, part.length) : 4;
    const times = 1 + dice.below(Math.max(1, Math.floor(most)));
    const again = new Uint8Array(part.length * times);
    for (let at = 0; at < times; at++) again.set(part, at * part.length);
    return join(input.subarray(0, start), again, input.subarray(start));
  },
  (input, dice) => input.slice(0, dice.below(input.length + 1)),
  // The front of one and the back of another.
  (input, dice, { others }) => {
    const other = others[dice.below(others.length)] ?? input;
    const [at, from] = [input, other].map((one) => dice.below(one.length + 1));
    return join(input.subarray(0, at), other.subarray(from));
  },
];

/** An input with one to eight things changed. */
export function mutate(input: Input, dice: Dice, stock: Stock): Input {
  let changed = input;
  for (let left = 1 + dice.below(dice.one(2) ? 2 : 8); left > 0; left--) {
    const one = mutations[dice.below(mutations.length)] as Mutation;
    // Of nothing there is nothing to change.
    changed = one(changed.length === 0 ? dice.bytes(8) : changed, dice, stock);
    changed = changed.slice(0, longest);
  }
  return changed;
}
