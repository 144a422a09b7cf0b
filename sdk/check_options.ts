/**
 * Checks what a caller asks for, before anything is opened.
 *
 * @module
 */

import { possibleCpus } from "../ffi/cpu.ts";
import { BpfError } from "../ffi/error.ts";
import type { Wish } from "./event_shape.ts";
import type { OpenOptions } from "./options.ts";

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

const decoding = oneOf("object", "view", "bytes");

/** The largest of 31 and of 32 bits. */
const [most31, most32] = [2 ** 31 - 1, 2 ** 32 - 1];

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
  ringBytes: count(most32),
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
  for (const [name, [takes, is]] of Object.entries(rules)) {
    check(name, options[name as keyof Options], takes, is);
  }
  check("wakeup.every", options.wakeup?.every, ...count(most31));
}

/** Throws where a wait is given no time. */
export function checkTimeout(timeoutMs: number | undefined): void {
  check("timeoutMs", timeoutMs, ...time);
}

function check(name: string, value: unknown, ...[takes, is]: Rule): void {
  if (value === undefined || is(value)) return;
  const told = typeof value === "string" ? `"${value}"` : String(value);
  throw new BpfError(`take ${told} for the option ${name}`, {
    cause: `it takes ${takes}`,
  });
}
