/**
 * The wire: what a guest says to its host, one JSON message a line. The union
 * is closed, every message carries the version and the nonce that the run gave
 * its machine, and a line that is not exactly one of these messages is reported
 * as garbage, never passed over.
 *
 * @module
 */
import type { Json } from "./claim.ts";
import { posts, type Spent } from "./spent.ts";

/** The version that every message carries. */
export const wireVersion = 1;

/** How deep objects and arrays may stand within each other in evidence: reports recurse over it. */
export const deepest = 64;

/** What of a value that is none is told, characters. */
const longest = 80;

/** What a claim can be when the guest itself tells: it cannot tell that it was lost. */
export type Told = "holds" | "absent" | "fails";

/** The guest is up; the first message. */
export interface Hello {
  readonly type: "hello";
  readonly release: string;
  readonly arch: string;
  readonly cpus: number;
  readonly deno: string;
  readonly libbpf: string;
}

/** What the SDK takes on this kernel, and why; "none" when it could not find out. */
export interface TransportTaken {
  readonly type: "transport";
  readonly transport: "ring" | "perf" | "none";
  readonly reason: string;
}

/** A claim begins. */
export interface Start {
  readonly type: "start";
  readonly id: string;
}

/** A claim has ended; `ms` is its time in milliseconds. */
export interface End {
  readonly type: "end";
  readonly id: string;
  readonly verdict: Told;
  readonly ms: number;
  readonly why?: string;
  readonly evidence: Readonly<Record<string, Json>>;
}

/** All claims have ended; the last message. */
export interface Bye {
  readonly type: "bye";
  /** Where the time went. */
  readonly spent?: Spent;
}

/** Everything that a guest can say. */
export type Message = Hello | TransportTaken | Start | End | Bye;

/** A line that was understood, or why it was not. */
export type Parsed =
  | { readonly is: "message"; readonly message: Message }
  | { readonly is: "garbage"; readonly text: string; readonly why: string };

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 1;
const isTime: Check = (value) => Number.isFinite(value) && Number(value) >= 0;
const isObject: Check = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isOneOf = (...words: string[]): Check => (value) =>
  typeof value === "string" && words.includes(value);
const isSpent: Check = (value) =>
  isObject(value) &&
  Object.keys(Object(value)).length === posts.length &&
  posts.every((post) => isTime((value as Record<string, unknown>)[post]));
const maybe = (check: Check): Check => (value) =>
  value === undefined || check(value);

const shapes: Readonly<
  Record<Message["type"], Readonly<Record<string, Check>>>
> = {
  hello: {
    release: isText,
    arch: isText,
    cpus: isCount,
    deno: isText,
    libbpf: isText,
  },
  transport: { transport: isOneOf("ring", "perf", "none"), reason: isText },
  start: { id: isText },
  end: {
    id: isText,
    verdict: isOneOf("holds", "absent", "fails"),
    ms: isTime,
    why: maybe(isText),
    evidence: isEvidence,
  },
  bye: { spent: maybe(isSpent) },
};

/** The line for a message, with its newline; with the nonce of the run that it belongs to. */
export function encode(message: Message, nonce?: string): string {
  const run = nonce === undefined ? {} : { nonce };
  return JSON.stringify({ wire: wireVersion, ...run, ...message }) + "\n";
}

/** Reads one line, without its newline. `nonce` is that of the run, where it has one. */
export function parse(text: string, nonce?: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { is: "garbage", text, why: "it is not JSON" };
  }
  const why = misfit(value, nonce);
  if (why !== undefined) return { is: "garbage", text, why };
  const { wire: _, nonce: __, ...message } = value as Message & {
    wire: number;
    nonce?: string;
  };
  return { is: "message", message: message as Message };
}

/** Why a value is no message; undefined when it is one. */
function misfit(value: unknown, run?: string): string | undefined {
  if (!isObject(value)) return "it is not an object";
  const { wire, nonce, type, ...fields } = value as Record<string, unknown>;
  if (wire !== wireVersion) {
    return `it speaks version ${told(wire)} of the wire, not ${wireVersion}`;
  }
  if (nonce !== run) return "it is not of this run";
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) {
    return `its type is ${told(type)}`;
  }
  const shape = shapes[type as Message["type"]];
  const stranger = Object.keys(fields).find((name) =>
    !Object.hasOwn(shape, name)
  );
  if (stranger !== undefined) return `a ${type} has no field ${told(stranger)}`;
  const wrong = Object.entries(shape).find(([name, check]) =>
    !check(fields[name])
  )?.[0];
  if (wrong === undefined) return undefined;
  const an = type === "end" ? "an" : "a";
  return `the ${wrong} of ${an} ${type} cannot be ${told(fields[wrong])}`;
}

/** Whether objects and arrays stand within each other deeper than that. */
export function isDeep(value: unknown, room = deepest): boolean {
  if (typeof value !== "object" || value === null) return false;
  return room === 0 ||
    Object.values(value).some((inner) => isDeep(inner, room - 1));
}

function isEvidence(value: unknown): boolean {
  return isObject(value) && !isDeep(value);
}

/** A value of a guest's, or of a file's, in a line of ours. */
export function told(value: unknown): string {
  if (isDeep(value)) return `deeper than ${deepest} levels`;
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
