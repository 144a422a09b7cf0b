/**
 * What the matrix sends its machines out for: a program to run in each, and
 * someone who listens to it. There are two errands: the claims, and a program
 * of the user's own.
 *
 * @module
 */
import type { Named } from "../kernels/kernel.ts";
import type { Program } from "../kernels/machine.ts";
import type { Row } from "./results.ts";
import type { Spent } from "./spent.ts";

/** How a machine came to its end. */
export type Ending =
  | { readonly is: "exit"; readonly code: number; readonly console: string }
  | { readonly is: "lost"; readonly why: string; readonly console: string };

/** What the listener adds to a row. */
export type Heard =
  & Pick<
    Row,
    | "state"
    | "why"
    | "console"
    | "transport"
    | "reason"
    | "warnings"
    | "exit"
    | "claims"
  >
  & {
    /** Where the time went, by the machine's own word. */
    readonly spent?: Partial<Spent>;
  };

/** What a line was good for, for those who watch. */
export type Step =
  | {
    readonly is: "claim";
    readonly id: string;
    readonly nth: number;
    readonly of: number;
  }
  | { readonly is: "output"; readonly text: string };

/** Hears one machine out. */
export interface Listener {
  /** Takes a line that the machine's program wrote. */
  line(text: string): Step | undefined;
  /** The machine has ended: what is known now. Also for a machine that never began. */
  end(ending: Ending): Heard;
  /** What the machine said of itself, as far as it came. */
  readonly said: {
    readonly release?: string;
    readonly arch?: string;
    readonly cpus?: number;
  };
}

/** A program for every machine, and a listener to each. */
export interface Errand {
  /** The program that is packed for a row; the same object for rows that share one. */
  program(row: Named): Promise<Program>;
  /** `nonce` is what a program that signs its messages was given for them. */
  listen(row: Named, nonce?: string): Listener;
}

/** Makes a program once for the kernels as they are, and once for those under the mask. */
export function masked(
  make: (isMasked: boolean) => Promise<Program>,
): Errand["program"] {
  const programs = new Map<boolean, Promise<Program>>();
  return (row) => {
    const isMasked = row.simulated !== undefined;
    const program = programs.get(isMasked) ?? make(isMasked);
    programs.set(isMasked, program);
    return program;
  };
}
