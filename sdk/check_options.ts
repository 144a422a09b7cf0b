/**
 * Checks what a caller asks for, before anything is opened.
 *
 * @module
 */

import { possibleCpus } from "../ffi/cpu.ts";
import { largestRing } from "../ffi/ring_size.ts";
import { wrongValue } from "../ffi/wrong_value.ts";
import type { Wish } from "./event_shape.ts";
import type { NextOptions, OpenOptions } from "./options.ts";

type Options = OpenOptions & Wish;

/** What an option takes, in words, and whether a value is that. */
type Rule = readonly [takes: string, is: (value: unknown) => boolean];

function oneOf(...words: string[]): Rule {
  return [
    words.map((word) => `"${word}"`).join(" or "),
    (value) => words.includes(value as string),
  ];
}

function count(most: number): Rule {
  return [
    `a whole number from 1 to ${most}`,
    (value) =>
      Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most,
  ];
}

const time: Rule = [
  "a number of milliseconds",
  (value) => typeof value === "number" && value >= 0,
];

const members: Rule = [
  "an object",
  (value) => typeof value === "object" && value !== null,
];

const flag: Rule = ["true or false", (value) => typeof value === "boolean"];

const signal: Rule = [
  "an AbortSignal",
  (value) => value instanceof AbortSignal,
];

const decoding = oneOf("object", "view", "bytes");

/** The largest of 31 bits. */
const most31 = 2 ** 31 - 1;

const every = count(most31);

const rules: { readonly [Name in keyof Options]?: Rule } = {
  transport: oneOf("auto", "ring", "perf"),
  order: oneOf("arrival", "timestamp"),
  int64: oneOf("bigint", "number"),
  decode: [
    `${decoding[0]}, or a function`,
    (value) => typeof value === "function" || decoding[1](value),
  ],
  maxEvents: count(Number.MAX_SAFE_INTEGER),
  maxMs: time,
  blockMs: time,
  busyMs: [
    "a number of milliseconds above 0",
    (value) => time[1](value) && value !== 0,
  ],
  onWarning: ["a function", (value) => typeof value === "function"],
  windowMs: [time[0], (value) => time[1](value) && value !== Infinity],
  signal,
  attach: flag,
  overwrite: flag,
  wakeup: members,
  ringBytes: count(largestRing),
  perfPages: [
    "a power of two",
    (value) =>
      count(most31)[1](value) && Number.isInteger(Math.log2(Number(value))),
  ],
  cpus: [
    "a list of CPUs that this machine may have",
    (value) => Array.isArray(value) && value.every(isCpu),
  ],
};

function isCpu(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 &&
    Number(value) < possibleCpus();
}

/** Throws where an option is what it cannot be; what is left out is fine. */
export function checkOptions(options: Options): void {
  checkMembers(options);
  for (const [name, rule] of Object.entries(rules)) {
    check(name, options[name as keyof Options], rule);
  }
  check("wakeup.every", options.wakeup?.every, every);
}

/** The same of the options of one way of taking events. */
export function checkCall(options: NextOptions): void {
  checkMembers(options);
  check("signal", options.signal, signal);
  check("timeoutMs", options.timeoutMs, time);
}

function checkMembers(options: unknown): void {
  const [takes, is] = members;
  if (!is(options)) throw wrongValue(options, "the options", takes);
}

function check(name: string, value: unknown, [takes, is]: Rule): void {
  if (value === undefined || is(value)) return;
  throw wrongValue(value, `the option ${name}`, takes);
}
