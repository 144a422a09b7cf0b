/**
 * What is fuzzed: one parser, or several of one format.
 *
 * @module
 */

import { join } from "node:path";
import type { Dice } from "../unit/dice.ts";

/** Bytes of an input. */
export type Input = Uint8Array<ArrayBuffer>;

/** A parser and what is to be had from it. */
export interface Target {
  /** Its name on the command line, and its folder below seeds/. */
  readonly name: string;
  /** What stands in such inputs, for the mutations. */
  readonly words: readonly string[];
  /**
   * Gives it an input: returns where the parser took it or refused it by an error
   * that it declares, and throws whatever else comes, or what is wrong with what
   * it took.
   */
  run(input: Input): void | Promise<void>;
  /** Makes an input that mutations of the seeds would not come upon. */
  generate?(dice: Dice): Input;
}

/** Runs a parser; an error that it declares is no failure. */
export async function declared<T>(
  isDeclared: (error: unknown) => boolean,
  parse: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await parse();
  } catch (error) {
    if (isDeclared(error)) return undefined;
    throw error;
  }
}

/** Whether an error is one of these classes, or of theirs. */
export function isOneOf(
  ...classes: readonly (abstract new (...given: never[]) => Error)[]
): (error: unknown) => boolean {
  return (error) => classes.some((one) => error instanceof one);
}

/** Whether it is an error in words: no slip of the program itself, as a TypeError is. */
export function isPlain(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error;
}

const decoder = new TextDecoder();

/** An input as text. */
export const text = (input: Input): string => decoder.decode(input);

const encoder = new TextEncoder();

/** Text as an input. */
export const bytes = (written: string): Input => encoder.encode(written);

/** An input in chunks, as it comes from a stream. */
export async function* chunked(input: Input): AsyncGenerator<Input> {
  // Not all of one size, and the same for the same input.
  let at = 0;
  while (at < input.length) {
    const end = at + 1 + (at * 7 + 300) % 1000;
    yield await Promise.resolve(input.slice(at, end));
    at = end;
  }
}

/** Reads a stream to its end. */
export async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** An input as a file, for who reads files; of one at a time. */
export async function inFile<T>(
  input: Input,
  read: (path: string) => T | Promise<T>,
): Promise<T> {
  const path = join(folder, "input");
  Deno.writeFileSync(path, input);
  return await read(path);
}

let folder = "";

/** Where that file is to be: a folder of whoever removes it. */
export function putInputsInto(path: string): void {
  folder = path;
}
